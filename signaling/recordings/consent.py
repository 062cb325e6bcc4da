"""Consent to being recorded: what an answer means after an earlier one, and what is kept of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.words import Decision, Side
from signaling.recordings.resources import ConsentText
from storage.audit import AuditEvent
from storage.calls import consents
from storage.models import Consent
from storage.words import AuditAction

ACTIONS: Mapping[Decision, AuditAction] = {
    "given": "consent.given",
    "declined": "consent.declined",
    "withdrawn": "consent.withdrawn",
}


@dataclass(frozen=True)
class Answer:
    """What somebody said, and of which words."""

    decision: Decision
    text: ConsentText
    confirmed: bool
    """Their page sent back that it showed exactly these words; else it is the server's word."""


def decision(standing: bool | None, given: bool) -> Decision:
    """How a new answer is recorded: a no after a yes withdraws, a no after nothing declines."""
    if given:
        return "given"
    return "withdrawn" if standing else "declined"


async def keep(
    tx: AsyncSession, session_id: str, actor: Actor, side: Side, answer: Answer, at: datetime
) -> None:
    """The answer for good, and the very words."""
    text = answer.text
    row = Consent(
        session_id=session_id,
        user_id=actor.user_id,
        role=side,
        decision=answer.decision,
        text_id=text.id,
        text_version=text.version,
        text_sha256=text.sha256,
        language=text.language,
        text_confirmed=answer.confirmed,
        at=at,
        address=actor.address,
        user_agent=actor.user_agent,
    )
    await consents.append(tx, row, text.text)


def event(answer: Answer, at: datetime, actor: Actor, session_id: str) -> AuditEvent:
    """What the audit log, whose tree holds it, tells of the answer: also of which words it was."""
    text = answer.text
    return entry(
        ACTIONS[answer.decision],
        at,
        actor,
        session_id=session_id,
        detail={
            "text_id": text.id,
            "text_version": text.version,
            "text_sha256": text.sha256,
            "language": text.language,
            "text_confirmed": answer.confirmed,
        },
    )
