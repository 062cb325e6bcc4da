"""Recordings and their parts: rows, keys, requests, copies and what proves them authentic."""
