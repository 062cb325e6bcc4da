"""Calls while they ring and run: the only place that joins relay, storage and audit."""

from signaling.calls.service import Calls
from signaling.calls.settings import CallSettings
from signaling.calls.views import Observed, ObservedParty

__all__ = ["CallSettings", "Calls", "Observed", "ObservedParty"]
