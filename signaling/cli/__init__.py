"""What the `carelay` command can do, one module a verb's noun."""
