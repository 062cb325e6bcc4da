"""Moved to relay.recording.seekable; here until signaling has followed."""

from relay.recording.seekable import NothingPlayableError, PartSummary, scan

__all__ = ["NothingPlayableError", "PartSummary", "scan"]
