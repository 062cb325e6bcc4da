"""The clinic's day, a room a noun. It and calls do not know each other, and meet by ids."""
