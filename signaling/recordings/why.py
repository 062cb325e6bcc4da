"""Why somebody opens a recording: what has to be said, and how the log has it."""

from signaling.kernel.errors import Invalid
from storage.audit import Detail
from storage.people.playback_grants import Why


def require_said(why: Why) -> None:
    """Raises Invalid where it has to be said in words, and is not."""
    if why.purpose == "HOPERAT" and not why.reason:
        raise Invalid("reason_needed")


def told(why: Why) -> Detail:
    """As the log has it: `purpose_of_event` is FHIR's AuditEvent.purposeOfEvent."""
    return {"purpose_of_event": why.purpose, **({"reason": why.reason} if why.reason else {})}
