"""Who is invited to a call that runs: how they come in, and how they are out again
while it goes on.

As everywhere, a yes is written before it takes effect, and a no or a leave afterwards.
"""

from functools import partial

from signaling.calls import announcements, director, media, views
from signaling.calls import participants as rules
from signaling.calls import state as callstate
from signaling.calls.ledger import Ledger
from signaling.calls.live import Invitation, LiveCall, Party
from signaling.calls.messages import Absence, Absentee, Closed, MediaState
from signaling.calls.resources import InvitablePerson
from signaling.calls.switchboard import Switchboard
from signaling.calls.timers import CallTimers
from signaling.kernel.actor import Actor
from signaling.kernel.background import Background
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict, NotAllowed, NotFound
from signaling.kernel.hub import Hub
from signaling.kernel.permissions import require_side
from signaling.kernel.words import LeaveReason, Side
from signaling.recordings import consent
from storage.models import User
from storage.words import LeftReason

_CLOSED: dict[Absence, Closed] = {
    "declined": "declined",
    "missed": "missed",
    "unreached": "missed",
    "cancelled": "cancelled",
}
_LEFT: dict[Absence, LeftReason] = {
    "declined": "declined",
    "missed": "missed",
    "unreached": "missed",
    "cancelled": "removed",
}


class Guests:
    """Everybody but the two whose call it is."""

    def __init__(
        self,
        ring_seconds: float,
        hub: Hub,
        ledger: Ledger,
        switchboard: Switchboard,
        timers: CallTimers,
        background: Background,
        clock: Clock,
    ) -> None:
        self._ring_seconds = ring_seconds
        self._hub = hub
        self._ledger = ledger
        self._switchboard = switchboard
        self._timers = timers
        self._background = background
        self._clock = clock

    async def invitable(self, actor: Actor, room_id: str) -> list[InvitablePerson]:
        """Whom the provider of a call may invite to it, and as what; nobody
        who is in it already.
        """
        call, inviter = await self._switchboard.own_live(actor, room_id)
        require_side(inviter.side, "call.invite")
        return [
            InvitablePerson(
                user_id=user.id,
                name=user.name,
                role=user.role,
                sides=list(rules.sides_of(user.role)),
            )
            for user in await self._ledger.invitable(actor)
            if not call.concerns(user.id)
        ]

    async def invite(
        self, actor: Actor, room_id: str, user_id: str, side: Side, *, required: bool
    ) -> None:
        """The provider of a call that runs asks for somebody, whose pages ring."""
        call, inviter = await self._switchboard.own_live(actor, room_id)
        require_side(inviter.side, "call.invite")
        person = await self._ledger.person(actor, user_id)
        if person is None:
            raise NotFound("unknown_person")
        rules.require_side_of(person.role, side)
        async with self._switchboard.inviting() as busy:
            if person.id in busy:
                raise Conflict("participant_busy")
            if call.state.status != "active":
                raise callstate.not_now(call.state.status)
            rules.require_room(len(call.people))
            guest = self._invitee(person, actor, side, required=required)
            if not await self._ledger.invited(call, actor, guest, lambda: not call.state.over):
                raise Conflict("call_over")
            self._ring(call, guest)
        self._hub.send(guest.user_id, views.invitation(call, guest, self._clock.moment()))
        media.tell_participants(call)

    async def accept(
        self, call: LiveCall, guest: Party, actor: Actor, recording_consent: bool
    ) -> None:
        """Whoever was invited comes in.

        While they are there, nothing is recorded without their yes.
        """
        async with call.lock:
            at = self._clock.now()
            asked = call.recording_enabled and guest.capabilities.recorded
            decision = consent.decision(None, recording_consent) if asked else None
            await self._ledger.joined(
                call, actor, guest, decision, at, lambda: _stands(call, guest)
            )
            if not _stands(call, guest):  # somebody else was faster
                raise Conflict("call_over")
            self._timers.forget(guest)
            guest.invitation, guest.joined_at = None, at
            guest.consent = recording_consent if asked else None
        call.gone.pop(guest.user_id, None)
        self._timers.watch(call, guest)
        announcements.close_invitation(self._hub, call, guest, "accepted")
        self._hub.send(guest.user_id, views.accepted(call, guest, self._clock.moment()))
        media.tell_participants(call)
        self._background.spawn(director.follow(call))

    def decline(self, call: LiveCall, guest: Party, actor: Actor) -> None:
        """Only their invitation is over."""
        self._stays_away(call, guest, "declined", actor)

    def leave(self, call: LiveCall, guest: Party, actor: Actor) -> None:
        """They hang up; the others go on."""
        self._take_out(call, guest, "left", actor, guest.side)

    async def remove(self, actor: Actor, room_id: str, user_id: str) -> None:
        """The provider takes somebody out, or an invitation back."""
        call, remover = await self._switchboard.own_live(actor, room_id)
        require_side(remover.side, "call.invite")
        if guest := call.invitee(user_id):
            self._stays_away(call, guest, "cancelled", actor)
            return
        party = call.party(user_id)
        if party is None:
            raise NotFound("unknown_participant")
        if rules.ends_the_call(party.side):
            raise NotAllowed("forbidden", reason="removal", side=party.side)
        self._take_out(call, party, "removed", actor, remover.side)

    def expel(self, call: LiveCall, party: Party) -> None:
        """They may be in no call any more."""
        if party.invitation:
            self._stays_away(call, party, "cancelled", None)
        else:
            self._take_out(call, party, "removed", None, None)

    # --- steps of the flows above

    def _invitee(self, person: User, actor: Actor, side: Side, *, required: bool) -> Party:
        able = rules.CAPABILITIES[side]
        return Party(
            person.id,
            person.name,
            person.role,
            side,
            invited=self._clock.moment(),
            invited_by=actor.user_id,
            required=required,
            media=MediaState(microphone=able.speak, camera=able.camera),
        )

    def _ring(self, call: LiveCall, guest: Party) -> None:
        timer = self._clock.call_later(self._ring_seconds, partial(self._misses, call, guest))
        rings = self._hub.is_online(guest.user_id)
        guest.invitation = Invitation(guest.invited.after(self._ring_seconds), timer, rings)
        call.people.append(guest)
        call.absent.pop(guest.user_id, None)

    def _misses(self, call: LiveCall, guest: Party) -> None:
        rang = guest.invitation is not None and guest.invitation.rang
        self._stays_away(call, guest, "missed" if rang else "unreached", None)

    def _stays_away(
        self, call: LiveCall, guest: Party, reason: Absence, actor: Actor | None
    ) -> None:
        """Their invitation is over without them."""
        self._timers.forget(guest)
        call.people.remove(guest)
        absentee = Absentee(user_id=guest.user_id, name=guest.name, role=guest.side, reason=reason)
        call.absent[guest.user_id] = absentee
        announcements.close_invitation(self._hub, call, guest, _CLOSED[reason])
        media.tell_participants(call)
        self._ledger.left(call, actor, guest, _LEFT[reason], self._clock.now())

    def _take_out(
        self,
        call: LiveCall,
        guest: Party,
        reason: LeaveReason,
        actor: Actor | None,
        by: Side | None,
    ) -> None:
        """They hear it before their media stops, so that their page shows no fault."""
        self._timers.forget(guest)
        call.people.remove(guest)
        call.gone[guest.user_id] = ended = announcements.out(call, reason, by, self._clock.moment())
        self._hub.send(guest.user_id, ended)
        guest.socket = None
        media.tell_participants(call)
        self._ledger.left(call, actor, guest, reason, self._clock.now())
        self._background.spawn(call.room.leave(guest.user_id))
        self._background.spawn(director.follow(call))


def _stands(call: LiveCall, guest: Party) -> bool:
    return not call.state.over and guest in call.people and guest.invitation is not None
