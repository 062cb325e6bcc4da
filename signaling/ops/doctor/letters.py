"""The doctor looks at the letters that are to be sent."""

from datetime import datetime, timedelta

from signaling.config import Config
from signaling.mail.smtp import SmtpMailer
from signaling.ops.doctor.finding import Finding, note, ok, problem
from storage.appointments import letters
from storage.database import Database

LATE = timedelta(hours=1)


async def look_at_letters(config: Config, database: Database, now: datetime) -> list[Finding]:
    """Is there a server that takes them, and does it?"""
    async with database.reading() as tx:
        waiting = await letters.waiting(tx)
    sent = bool(SmtpMailer(config.smtp).sender)
    if not waiting.count:
        return [ok("letters: none waits to be sent")] if sent else []
    text = f"letters: {waiting.count} about appointments are still to be sent"
    if not sent:
        return [note(text, "[smtp] names no host or no sender; without, people are not reminded")]
    if (minutes := round(waiting.seconds(now) / 60)) * 60 < LATE.total_seconds():
        return [ok(text)]
    advice = "a running server tries again; its log says why none is taken"
    return [problem(f"{text}, the oldest for {minutes} min", advice)]
