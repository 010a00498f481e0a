"""What a stream of money is worth."""
