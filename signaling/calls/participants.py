"""Who may do what in a call: it follows from somebody's side and capabilities. Pure."""

from collections.abc import Iterable, Mapping

from signaling.calls.messages import Capabilities, MediaState, Pictures
from signaling.kernel.errors import Conflict, Invalid, NotAllowed
from signaling.kernel.words import Role, Side, Source

MOST = 6
"""People in a call, those who are being invited included."""


_TALKS = Capabilities(speak=True, camera=True, screen=False, chat=True, recorded=True)
_LOOKS_ON = Capabilities(speak=False, camera=False, screen=False, chat=False, recorded=False)

CAPABILITIES: Mapping[Side, Capabilities] = {
    "patient": _TALKS,
    "provider": Capabilities(speak=True, camera=True, screen=True, chat=True, recorded=True),
    "interpreter": _TALKS,
    "relative": _TALKS,
    "supervisor": _TALKS,
    "observer": _LOOKS_ON,
}

_INVITED_AS: Mapping[Role, tuple[Side, ...]] = {
    "provider": ("interpreter", "supervisor", "observer"),
    "patient": ("relative",),
    "guest": ("interpreter", "relative", "supervisor", "observer"),
}


def sides_of(role: Role) -> tuple[Side, ...]:
    """As what somebody who signs in with that role can be invited; none if they cannot be."""
    return _INVITED_AS.get(role, ())


def require_side_of(role: Role, side: Side) -> None:
    """Raises Invalid unless somebody of that role can be invited as that."""
    if side not in sides_of(role):
        raise Invalid("side_not_possible", role=role, side=side)


def require_room(people: int) -> None:
    """Raises Conflict if one more would be too many."""
    if people >= MOST:
        raise Conflict("call_full", limit=MOST)


def require_sources(side: Side, capabilities: Capabilities, sources: Iterable[Source]) -> None:
    """Raises NotAllowed if one of them is not theirs to send."""
    able = {
        "microphone": capabilities.speak,
        "camera": capabilities.camera,
        "screen": capabilities.screen,
    }
    for source in sorted(set(sources)):
        if not able[source]:
            raise NotAllowed("forbidden", reason="source", side=side, source=source)


def sent_by(capabilities: Capabilities, media: MediaState) -> MediaState:
    """What they send, of what their page says: whoever has no voice here is not shown
    as somebody to be heard.
    """
    return MediaState(
        microphone=media.microphone and capabilities.speak,
        camera=media.camera and capabilities.camera,
        screen=media.screen and capabilities.screen,
        unavailable=media.unavailable,
    )


def received_with(pictures: Pictures) -> frozenset[Source]:
    """What is sent to a page of all that the others send."""
    if not pictures.sound_only and pictures.receives != "none":
        return frozenset({"microphone", "camera", "screen"})
    return frozenset({"microphone", "screen"} if pictures.screen else {"microphone"})


def ends_the_call(side: Side) -> bool:
    """Whether the call is over when they hang up; of anybody else only they are out."""
    return side in {"patient", "provider"}
