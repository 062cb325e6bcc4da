"""What an approval is worth at a moment, and who may say what about a request: pure rules."""

from datetime import datetime

from signaling.kernel.actor import Actor
from signaling.kernel.errors import Conflict, NotAllowed
from signaling.kernel.permissions import may
from signaling.kernel.words import UnlockPolicy, UnlockState
from storage.recordings.recording_unlocks import NamedUnlock


def state(found: NamedUnlock, now: datetime) -> UnlockState:
    """What became of a request."""
    unlock = found.unlock
    if unlock.ended_at is not None:
        return "withdrawn" if unlock.approved is None else "revoked"
    if unlock.approved is False:
        return "refused"
    if found.recording.state == "erased":
        return "expired"
    if unlock.expires_at <= now:
        return "exported" if found.has_export else "expired"
    return "waiting" if unlock.approved is None else "approved"


def counts(found: NamedUnlock, now: datetime) -> bool:
    """Whether it opens the recording for whoever asked."""
    return state(found, now) == "approved" and _is_given(found)


def counts_for_export(found: NamedUnlock, now: datetime) -> bool:
    """Whether an export that rests on it may be fetched, after its time as well."""
    return state(found, now) in {"approved", "exported"} and _is_given(found)


def _is_given(found: NamedUnlock) -> bool:
    """An approval ends with the right of whoever gave it to give any, as of somebody who has left
    since.
    """
    role = found.answerer_role
    return role is not None and may(role, "recording.approve")


def require_two_person(policy: UnlockPolicy) -> None:
    """Raises Conflict where nobody has to be asked: a request from before is not answered then."""
    if policy != "two_person":
        raise Conflict("approval_not_needed")


def require_answerable(found: NamedUnlock, by: Actor, now: datetime) -> None:
    """By somebody else, while it waits. Raises NotAllowed, Conflict."""
    if found.unlock.requested_by == by.user_id:
        raise NotAllowed("own_request")
    if found.recording.state == "erased":
        raise Conflict("recording_erased")
    if state(found, now) != "waiting":
        raise Conflict("unlock_over")


def require_endable(found: NamedUnlock, by: Actor, now: datetime) -> None:
    """A request by who made it; an approval by them and by whoever may give one. Raises
    NotAllowed, Conflict.
    """
    became = state(found, now)
    if became not in {"waiting", "approved", "exported"}:
        raise Conflict("unlock_over")
    if became == "waiting" and found.unlock.requested_by != by.user_id:
        raise NotAllowed("foreign_request")
