"""Calls, who took part in them, and what each consented to."""
