"""Several servers on one database: which one this is, and its right to carry calls."""
