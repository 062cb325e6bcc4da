"""Recordings are taken away: as a bundle that proves itself wherever it is (docs/audit.md)."""
