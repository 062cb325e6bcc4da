"""Encrypted recordings: keys, the file format (FORMAT.md), writing, reading and recovering."""
