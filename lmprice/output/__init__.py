"""What every result shares on its way out: numbers as text, colours, and files on disk."""
