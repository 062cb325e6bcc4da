"""The private address at which a provider's own calendar program reads when they are busy.

The secret is in the path, as calendar programs can send it nowhere else: it is in no log and no
error of this server, and the database has its hash.
"""

import hashlib
from datetime import timedelta

from signaling.clinical.appointments import calendars
from signaling.clinical.appointments.appointments import Appointments
from signaling.clinical.appointments.resources import Feed, OpenedFeed
from signaling.kernel.actor import Actor, Origin
from signaling.kernel.auditing import entry
from signaling.kernel.content import Document
from signaling.kernel.errors import NotFound
from signaling.kernel.words import FeedShows
from storage import audit
from storage.appointments import appointments, feeds
from storage.appointments.appointments import Span
from storage.models import Appointment, User
from storage.people import users

BEHIND = timedelta(days=31)
AHEAD = timedelta(days=366)
MOST = 5000
BUSY = "Busy"
PATH = "/calendar"


async def of(book: Appointments, actor: Actor) -> Feed:
    """Whether the provider has one, and what it shows."""
    async with book.database.reading() as tx:
        found = await feeds.of(tx, actor.user_id)
    if found is None:
        return Feed(shows=None, created_at=None)
    return Feed(shows=found.shows, created_at=found.created_at)


async def open_new(book: Appointments, actor: Actor, shows: FeedShows) -> OpenedFeed:
    """Its path is told this once; one of before answers no more."""
    now = book.clock.now()
    async with book.database.transaction() as tx:
        await users.by_id(
            tx, actor.user_id, lock=True
        )  # of two clicks at once the later one counts
        found, token = await feeds.open_new(tx, actor.user_id, shows, now)
        await audit.append(tx, entry("feed.opened", now, actor, detail={"shows": shows}))
    return OpenedFeed(path=f"{PATH}/{token}.ics", shows=shows, created_at=found.created_at)


async def close(book: Appointments, actor: Actor) -> None:
    """It answers no more; no error if there is none."""
    now = book.clock.now()
    async with book.database.transaction() as tx:
        if await feeds.close(tx, actor.user_id):
            await audit.append(tx, entry("feed.closed", now, actor))


async def read(book: Appointments, token: str, origin: Origin) -> Document:
    """The calendar at that address. Raises NotFound."""
    now = book.clock.now()
    async with book.database.reading() as tx:
        feed = await feeds.by_token(tx, token)
        provider = await users.by_id(tx, feed.provider_id) if feed else None
        if feed is None or provider is None or not _has_calendar(book, provider):
            raise NotFound("unknown_calendar")
        page = await appointments.between(
            tx, Span(now - BEHIND, now + AHEAD), provider_id=provider.id, limit=MOST
        )
    rows: dict[str, list[Appointment]] = {}
    for found in page.items:
        if found.appointment.status in {"booked", "fulfilled"}:
            shown = found.patient_name if feed.shows == "names" else BUSY
            rows.setdefault(shown, []).append(found.appointment)
    event = entry("feed.read", now, origin, user_id=provider.id, detail={"shows": feed.shows})
    await book.repeats.append(event, provider.id)
    data = calendars.feed(rows, now)
    return Document(
        tag=hashlib.sha256(data).hexdigest(),
        media_type="text/calendar; charset=utf-8",
        download_name=None,
        data=data,
    )


def _has_calendar(book: Appointments, user: User) -> bool:
    return user.role == "provider" and book.scope.counts(user)
