"""What several dialects have in common."""
