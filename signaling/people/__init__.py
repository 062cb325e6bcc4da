"""The people of a practice: what is on record of its patients."""
