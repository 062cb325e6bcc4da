"""Rows, whatever they are about: inserting once, pages, properties, and whose they are to write."""
