"""API or own hardware: what each costs by month, and when to switch."""
