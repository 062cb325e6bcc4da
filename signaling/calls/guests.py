"""Whoever comes into a call by a link, without an account.

A patient is called as any other. Anybody else is asked in as soon as their page is there and the
call runs; whose link it is, and as what they come, the link says.
"""

from signaling.calls import announcements, inviting
from signaling.calls import state as callstate
from signaling.calls.calls import Calls
from signaling.calls.live import LiveCall
from signaling.kernel.actor import Actor
from signaling.kernel.errors import Conflict, NotFound
from signaling.kernel.hub import Socket
from signaling.kernel.permissions import require_side
from signaling.people.guest_links import GuestLinks, Into
from signaling.people.resources import GuestLink, GuestLinkList, MakeGuestLink

MOST = 12
"""Links into one call: more than can be in it."""


def came(calls: Calls, socket: Socket) -> None:
    """A page came by a link: it is asked in, if a call runs that the link leads to."""
    if socket.actor.guest:
        for call in calls.live():
            _ask_in(calls, call, socket.actor)


def began(calls: Calls, call: LiveCall) -> None:
    """The call runs: whoever came for it by a link is asked in."""
    for socket in calls.hub:
        if socket.actor.guest:
            _ask_in(calls, call, socket.actor)


async def make_link(
    calls: Calls, links: GuestLinks, actor: Actor, room_id: str, asked: MakeGuestLink
) -> GuestLink:
    """The provider of a call that runs asks somebody in who has no account.

    Raises NotFound, NotAllowed, Conflict, Invalid or Unavailable.
    """
    call = await _of_provider(calls, actor, room_id)
    if call.state.status != "active":
        raise callstate.not_now(call.state.status)
    settings = calls.settings
    latest = calls.clock.now() + settings.calls.longest + settings.guests_stay
    into = Into(room_id=call.room_id, expires_at=latest)  # sooner, once the call is over
    return await links.make_into_call(actor, asked, into, MOST)


async def links_of(calls: Calls, links: GuestLinks, actor: Actor, room_id: str) -> GuestLinkList:
    """Those into a call that runs. Raises NotFound, NotAllowed or Conflict."""
    call = await _of_provider(calls, actor, room_id)
    return GuestLinkList(links=await links.into_call(call.room_id))


async def revoke(calls: Calls, links: GuestLinks, actor: Actor, room_id: str, link_id: str) -> None:
    """Nobody comes in by it any more, and whoever has is out. Raises the same."""
    call = await _of_provider(calls, actor, room_id)
    await links.revoke_into_call(actor, call.room_id, link_id)


async def confirm(
    calls: Calls, links: GuestLinks, actor: Actor, room_id: str, user_id: str
) -> None:
    """The provider says that somebody is who they should be. Raises the same."""
    call = await _of_provider(calls, actor, room_id)
    party = call.party(user_id)
    if party is None or party.guest is None:
        raise NotFound("unknown_participant")
    if party.guest.confirmed:
        return
    link_id = party.guest.link_id
    await links.confirm(actor, link_id, call.session_id)
    party.confirmed(link_id)
    announcements.tell_participants(call)


async def _of_provider(calls: Calls, actor: Actor, room_id: str) -> LiveCall:
    call, party = await calls.own_live(actor, room_id)
    require_side(party.side, "call.invite")
    return call


def _ask_in(calls: Calls, call: LiveCall, actor: Actor) -> None:
    is_free = not call.concerns(actor.user_id) and not call.is_done_with(actor.user_id)
    if is_free and call.reached_by(actor) and call.state.status == "active":
        calls.background.spawn(_ask_in_now(calls, call, actor))


async def _ask_in_now(calls: Calls, call: LiveCall, actor: Actor) -> None:
    link = actor.guest and await calls.ledger.guest_link(actor.guest.link_id)
    if not link or link.revoked_at or link.side in {"patient", "provider"}:
        return
    try:
        await inviting.ask_in(calls, call, actor, link.side)
    except Conflict:
        return  # it is full or over, or they were asked already
