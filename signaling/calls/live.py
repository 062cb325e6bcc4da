"""A call that is not over: what the server holds in memory beside the row."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import get_args

from relay.forwarder import Path
from relay.media import Assignment
from signaling.calls.messages import (
    Absentee,
    CallEnded,
    Capabilities,
    Channel,
    MediaState,
    Participant,
    Pictures,
    SlotAssignment,
)
from signaling.calls.participants import CAPABILITIES, sent_by
from signaling.calls.rooms import PeerHandle, RoomHandle
from signaling.calls.state import CallState
from signaling.calls.stretches import Stretches
from signaling.kernel.actor import Actor, Guest
from signaling.kernel.clock import Moment, Timer
from signaling.kernel.hub import Socket
from signaling.kernel.journal import Journal
from signaling.kernel.messages import Message
from signaling.kernel.words import (
    Condition,
    Direction,
    Earlier,
    GuestIdentity,
    Role,
    Side,
    VideoCodec,
)
from signaling.recordings.capture import Capture
from signaling.recordings.consent import Answer
from signaling.recordings.messages import RecordingState
from signaling.recordings.resources import ConsentText


@dataclass(eq=False)
class Party:
    """One of those who take part.

    The socket and the peer come and go independently of each other.
    """

    user_id: str
    name: str = field(repr=False)
    role: Role
    """Of the account."""
    side: Side
    invited: Moment
    invited_by: str | None = None
    required: bool = True
    """Their absence ends the call."""
    invitation: "Invitation | None" = None
    """Into a call that runs, as long as it stands unanswered: they are not in the call yet."""
    joined_at: datetime | None = None
    consent: bool | None = None
    """To the recording; the provider's is the recording switch."""
    asked: bool = True
    """Their invitation said that the call is recorded, or they are asked in it."""
    agreed_to: ConsentText | None = None
    """The words of their last yes."""
    off_the_record: bool = False
    """They asked for a pause of the recording, which lasts until they take that back, or leave."""
    agreeing: Answer | None = None
    """A yes during the call that is still to be written down: before that it is no consent."""
    guest: Guest | None = None
    """The link by which they came; none of who signed in with an account."""
    socket: Socket | None = None
    cookies: set[bytes] = field(default_factory=set, repr=False)
    """Digests of those that carried the call:
    each may come back into it after its sign-in has run out.
    """
    peer: PeerHandle | None = None
    assignments: tuple[Assignment, ...] = ()
    media: MediaState = field(default_factory=MediaState)
    pictures: Pictures = field(default_factory=Pictures)
    path: Path | None = None
    """As their page was last told."""
    was_connected: bool = False
    condition: Condition | None = None
    """As everybody was last told."""
    direction: Direction | None = None
    """Likewise."""
    noted: Condition | None = None
    """As it was last written down."""
    stretches: Stretches = field(default_factory=Stretches)
    absence: Timer | None = None
    """Ends the call when it fires."""

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES[self.side]

    @property
    def here(self) -> bool:
        """Whether they can hear or be heard: their page carries the call, or their media flows."""
        return self.socket is not None or self.connected

    @property
    def identity(self) -> GuestIdentity | None:
        """Whether somebody said that it is them, of who signed in with nothing but a link."""
        if self.guest is None:
            return None
        return "confirmed" if self.guest.confirmed else "unconfirmed"

    def comes_by(self, guest: Guest | None) -> None:
        """Their page came by that link; none: signed in with an account."""
        known = self.guest
        if guest and known and known.confirmed and known.link_id == guest.link_id:
            return  # since that page signed in
        self.guest = guest

    def confirmed(self, link_id: str) -> None:
        """Somebody said that it is them who came by that link, if it is still what they came by."""
        if self.guest and self.guest.link_id == link_id:
            self.guest = replace(self.guest, confirmed=True)

    @property
    def connected(self) -> bool:
        """Whether media flows."""
        return self.peer is not None and self.peer.connected

    def answered(self, answer: Answer | None) -> None:
        """It is written down, and counts from now on; none: they were not asked."""
        if answer is None:
            return
        self.consent = answer.decision == "given"
        if self.consent:
            self.agreed_to = answer.text

    def stop_timers(self) -> None:
        """Nothing happens to them by itself any more."""
        if self.invitation is not None:
            self.invitation.timer.cancel()
        if self.absence is not None:
            self.absence.cancel()
            self.absence = None

    def send(self, message: Message) -> None:
        """To the page that carries the call, if there is one at the moment."""
        if self.socket:
            self.socket.send(message)

    def as_participant(self) -> Participant:
        """As the others see it."""
        return Participant(
            user_id=self.user_id,
            name=self.name,
            role=self.side,
            capabilities=self.capabilities,
            required=self.required,
            invited=self.invitation is not None,
            recording_consent=self.consent if self.capabilities.recorded else None,
            off_the_record=self.off_the_record,
            joined=self.socket is not None,
            connected=self.connected,
            quality=self.condition,
            direction=self.direction,
            media=sent_by(self.capabilities, self.media),
            pictures=self.pictures,
            video_codecs=self.video_codecs,
            identity=self.identity,
        )

    @property
    def video_codecs(self) -> list[VideoCodec] | None:
        """What the browser can do of the configured ones; None before its first offer."""
        able = self.peer.video_codecs if self.peer else None
        return None if able is None else [name for name in get_args(VideoCodec) if name in able]

    def slot_assignments(self) -> list[SlotAssignment]:
        """What arrives on which m-line of this party's connection."""
        return [
            SlotAssignment(mid=a.mid, user_id=a.participant_id, source=a.source)
            for a in self.assignments
        ]


@dataclass
class Invitation:
    """Into a call that runs."""

    expires: Moment
    timer: Timer
    rang: bool
    """On a page of theirs, however late."""


@dataclass(eq=False)
class LiveCall:
    """One call between invitation and end."""

    session_id: str
    room_id: str
    people: list[Party]
    """Who is in it or invited to it, in the order of their invitation; the provider
    and the patient always.
    """
    recording_enabled: bool
    """It is recorded if everybody agrees, or once was."""
    audio_only: bool
    created: Moment
    invitation_expires: Moment
    room: RoomHandle
    capture: Capture
    journal: Journal
    appointment_id: str | None = None
    state: CallState = field(default_factory=CallState)
    ends: Moment | None = None
    """When it ends by itself; none while it rings."""
    extended_minutes: int = 0
    """By how much that is later than it was at first."""
    recording_state: RecordingState | None = None
    """As everybody was last told."""
    recording_off: bool = False
    """Its provider has stopped the recording for good, and has not asked anew."""
    refusals: int = 0
    """How often somebody who was asked has said no."""
    refused: Moment | None = None
    """When they did so last."""
    earlier: Earlier | None = None
    """What became of what was recorded before somebody withdrew their consent."""
    gone: dict[str, CallEnded] = field(default_factory=dict)
    """Whoever took part and is out, and what they were told."""
    absent: dict[str, Absentee] = field(default_factory=dict)
    """Whoever was invited and did not come, until they are invited again."""
    emergency: "Emergency | None" = None
    """The newest one."""
    crisis: Moment | None = None
    """Since when there is one, which its provider has not said is over: it does not end by itself.
    """
    ending: asyncio.Task[None] | None = None
    """Once it is over: sealing the recording and closing the room."""
    timers: list[Timer] = field(default_factory=list)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while an answer is written down, which has no effect before that:
    only one of two may win.
    """

    @property
    def records(self) -> bool:
        """Whether it is recorded if everybody agrees."""
        return self.recording_enabled and not self.recording_off

    def was_refused(self, by: Party, at: Moment) -> None:
        """Somebody said no to the recording."""
        if by is not self.provider:
            self.refusals, self.refused = self.refusals + 1, at

    @property
    def provider(self) -> Party:
        return self._only("provider")

    @property
    def patient(self) -> Party:
        return self._only("patient")

    @property
    def parties(self) -> list[Party]:
        """Who is in it. The patient is from the beginning, though it still rings."""
        return [party for party in self.people if party.invitation is None]

    @property
    def required(self) -> list[Party]:
        """Without whom it does not go on."""
        return [party for party in self.parties if party.required]

    def reached_by(self, actor: Actor) -> bool:
        """Whether it can be theirs at all, of whoever came by a link."""
        return actor.reaches(self.room_id, self.appointment_id)

    def carried_by(self, socket: Socket) -> Party | None:
        """The party whose page this socket is; none if it does not carry the call."""
        return next((party for party in self.parties if party.socket is socket), None)

    def party(self, user_id: str) -> Party | None:
        """None: they are not in it."""
        return next((party for party in self.parties if party.user_id == user_id), None)

    def invitee(self, user_id: str) -> Party | None:
        """None: no invitation of theirs stands."""
        return next(
            (party for party in self.people if party.invitation and party.user_id == user_id), None
        )

    def absentees(self, party: Party) -> list[Absentee]:
        """As far as a party is told: it is the provider who invited them."""
        return list(self.absent.values()) if party.side == "provider" else []

    def concerns(self, user_id: str) -> bool:
        """Whether they are in it or invited to it."""
        return any(party.user_id == user_id for party in self.people)

    def is_done_with(self, user_id: str) -> bool:
        """Whether they declined, or were taken out, or their invitation back: nobody is asked in
        after that but by the provider.
        """
        left, absent = self.gone.get(user_id), self.absent.get(user_id)
        return (left is not None and left.reason == "removed") or (
            absent is not None and absent.reason in {"declined", "cancelled"}
        )

    def stop_timers(self) -> None:
        """Nothing happens by itself any more."""
        for timer in self.timers:
            timer.cancel()
        self.timers.clear()
        for party in self.people:
            party.stop_timers()

    def send(self, message: Message) -> None:
        """To all pages that carry the call."""
        for party in self.parties:
            party.send(message)

    def _only(self, side: Side) -> Party:
        return next(party for party in self.people if party.side == side)


@dataclass(eq=False)
class Emergency:
    """One, as it stands. `call` is none for that of an earlier run of the server."""

    session_id: str
    room_id: str
    party_ids: tuple[str, ...]
    """Who is told of it, of one without a call; else everybody in the call."""
    patient_name: str = field(repr=False)
    raised_by: Side
    raised_by_name: str = field(repr=False)
    raised_at: datetime
    journal: Journal
    call: LiveCall | None = None
    reached: set[Channel] = field(default_factory=set)
    pending: set[Channel] = field(default_factory=set)
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = field(default=None, repr=False)

    @property
    def superseded(self) -> bool:
        """Whether it was answered, or its crisis over, and another one raised since, which is
        what the row and the pages tell.
        """
        return self.call is not None and self.call.emergency is not self
