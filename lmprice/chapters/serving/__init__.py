"""What a token costs to make: hardware, load and latency joined with money."""
