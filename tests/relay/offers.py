"""Offers that browsers made, and what this server answers."""

import json
from pathlib import Path

from relay.media import Source
from relay.negotiation.credentials import Fingerprint
from relay.negotiation.negotiate import LocalDescription, Negotiation, answer
from relay.negotiation.sdp import Description, Section, parse

VECTORS = Path(__file__).parents[1] / "vectors" / "offers"
CASES = sorted(
    path.relative_to(VECTORS).with_suffix("").as_posix() for path in VECTORS.glob("*/*.sdp")
)
CALLS = [case for case in CASES if case.endswith("/call")]
LOCAL = LocalDescription(
    fingerprint=Fingerprint("sha-256", ":".join(["5A"] * 32)),
    candidates=(("192.0.2.1", 40000), ("2001:db8::1", 40000)),
)
H264_TOO = LocalDescription(LOCAL.fingerprint, LOCAL.candidates, video_codecs=("H264", "VP8"))


def offer_of(case: str) -> tuple[str, dict[str, Source]]:
    """A vector as the browser sends it, and its sources."""
    path = VECTORS / f"{case}.sdp"
    sources = json.loads(path.with_name("sources.json").read_text())["sources"][path.stem]
    return path.read_text().replace("\n", "\r\n"), sources


def answered(
    case: str, local: LocalDescription = LOCAL
) -> tuple[Description, Description, Negotiation]:
    """Offer and answer taken apart, and what was agreed."""
    text, sources = offer_of(case)
    negotiation = answer(text, sources, local)
    return parse(text), parse(negotiation.answer), negotiation


def direction(section: Section) -> str:
    """The direction attribute; an answer always has exactly one."""
    (found,) = [
        name for name in ("sendrecv", "sendonly", "recvonly", "inactive") if section.has(name)
    ]
    return found


def rejected(section: Section) -> bool:
    """Port 0 (an answer never says bundle-only)."""
    return section.port == 0
