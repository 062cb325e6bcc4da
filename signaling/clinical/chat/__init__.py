"""What is written in a call to everybody who is in it, and kept with the visit."""
