"""Links by which guests come to an appointment: its patient, or whoever is with them."""

from signaling.clinical.appointments.appointments import Appointments
from signaling.kernel.actor import Actor
from signaling.kernel.errors import Conflict
from signaling.people.guest_links import GuestLinks, Into, require_link
from signaling.people.resources import GuestLink, GuestLinkList, MakeGuestLink
from storage.people import guest_links, users

MOST = 12
"""Of one appointment: more than can be in its call."""


async def make(
    book: Appointments, links: GuestLinks, actor: Actor, appointment_id: str, asked: MakeGuestLink
) -> GuestLink:
    """A new one for the patient ends the one before it.

    Raises NotFound, Conflict, Invalid or Unavailable.
    """
    now = book.clock.now()
    async with book.database.transaction() as tx:
        row = (await book.theirs(tx, actor, appointment_id)).appointment
        if row.status != "booked" or row.ends_at + links.doors.grace <= now:
            raise Conflict("appointment_settled", status=row.status)
        await book.require_people(tx, row.provider_id, row.patient_id)
        before = await guest_links.of_appointment(tx, row.id)
        open_ones = [one.link for one in before if one.link.revoked_at is None]
        if len(open_ones) >= MOST:
            raise Conflict("too_many_links", limit=MOST)
        for link in open_ones:
            if asked.side == "patient" == link.side:
                await links.revoke(tx, actor, link)
        patient = await users.by_id(tx, row.patient_id)
        made = await links.make(tx, actor, asked, Into(appointment_id=row.id), patient)
    links.post(made)
    return made


async def listed(
    book: Appointments, links: GuestLinks, actor: Actor, appointment_id: str
) -> GuestLinkList:
    """Those that were made for it. Raises NotFound."""
    async with book.database.reading() as tx:
        row = (await book.theirs(tx, actor, appointment_id)).appointment
        found = await guest_links.of_appointment(tx, row.id)
    now = book.clock.now()
    return GuestLinkList(links=[links.view(one, now) for one in found])


async def revoke(
    book: Appointments, links: GuestLinks, actor: Actor, appointment_id: str, link_id: str
) -> None:
    """Nobody comes in by it any more, and whoever has is out. Raises NotFound."""
    async with book.database.transaction() as tx:
        row = (await book.theirs(tx, actor, appointment_id)).appointment
        found = await guest_links.by_id(tx, link_id)
        await links.revoke(tx, actor, require_link(found, appointment_id=row.id, room_id=None))
