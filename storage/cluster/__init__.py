"""Servers: which are alive, and that a folder or a database is held by one at a time."""
