"""What a formula is turned into: one file a target."""
