"""Clinical records: what is written beside calls, each encrypted by a key of its own."""

from signaling.clinical.records.records import About, Prepared, Record, Records

__all__ = ["About", "Prepared", "Record", "Records"]
