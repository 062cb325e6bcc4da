"""/api/v1/telemedicine/call/{room_id}/links: somebody without an account is asked into a call."""

from signaling.calls import guests
from signaling.calls.calls import Calls
from signaling.calls.resources import IdentityConfirmed
from signaling.kernel.routes import TELEMEDICINE, Context, Routes
from signaling.people.guest_links import GuestLinks
from signaling.people.resources import GuestLink, GuestLinkList, GuestLinkRevoked, MakeGuestLink

CALL = f"{TELEMEDICINE}/call/{{room_id}}"
LINKS = f"{CALL}/links"
routes = Routes("guests")


@routes.get(LINKS, access="party", counts="read", errors=("unknown_room", "forbidden", "call_over"))
async def list_call_links(context: Context, room_id: str) -> GuestLinkList:
    """The links into a call that runs, and how far each has come (its provider)."""
    calls, links = context.the(Calls), context.the(GuestLinks)
    return await guests.links_of(calls, links, context.actor, room_id)


@routes.post(
    LINKS,
    access="party",
    counts="initiate",
    errors=(
        "unknown_room",
        "forbidden",
        "call_still_ringing",
        "call_over",
        "too_many_links",
        "side_not_possible",
        "invalid_person",
        "address_needed",
        "mail_unavailable",
        "sms_unavailable",
    ),
    audit="guest.link_made",
)
async def make_call_link(context: Context, room_id: str, body: MakeGuestLink) -> GuestLink:
    """Ask somebody without an account into a call that runs, by a link (its provider)."""
    calls, links = context.the(Calls), context.the(GuestLinks)
    return await guests.make_link(calls, links, context.actor, room_id, body)


@routes.delete(
    f"{LINKS}/{{link_id}}",
    access="party",
    counts="change",
    errors=("unknown_room", "unknown_guest_link", "forbidden", "call_over"),
    audit="guest.link_revoked",
)
async def revoke_call_link(context: Context, room_id: str, link_id: str) -> GuestLinkRevoked:
    """Take a link into a call back; whoever came by it is out (its provider)."""
    calls, links = context.the(Calls), context.the(GuestLinks)
    await guests.revoke(calls, links, context.actor, room_id, link_id)
    return GuestLinkRevoked()


@routes.post(
    f"{CALL}/participants/{{user_id}}/identity",
    access="party",
    counts="change",
    errors=("unknown_room", "unknown_participant", "forbidden", "call_over"),
    audit="guest.identity_confirmed",
)
async def confirm_identity(context: Context, room_id: str, user_id: str) -> IdentityConfirmed:
    """Say that somebody who came by a link is who they should be (the call's provider)."""
    calls, links = context.the(Calls), context.the(GuestLinks)
    await guests.confirm(calls, links, context.actor, room_id, user_id)
    return IdentityConfirmed()
