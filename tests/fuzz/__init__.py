"""Random bad input: whatever it is, it is answered or told in lines, and nothing is left behind."""
