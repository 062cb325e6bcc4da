"""Calls while they ring and run: the only place that joins relay, storage and audit."""

from signaling.calls.calls import Calls
from signaling.calls.observation import Observed, ObservedParty
from signaling.calls.settings import CallSettings

__all__ = ["CallSettings", "Calls", "Observed", "ObservedParty"]
