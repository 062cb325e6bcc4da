"""Who is asking: passwords, tokens, cookies. kernel/permissions.py says what for."""
