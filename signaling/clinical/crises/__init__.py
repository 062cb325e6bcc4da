"""What is at hand in a crisis during a call, and what was done in it."""
