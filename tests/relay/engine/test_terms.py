"""What was agreed reaches the engine field by field, each by its name."""

from collections.abc import Callable
from typing import Any

import pytest

from relay.engine import Engine
from relay.engine.terms import slot_terms, uplink_terms
from relay.media import Codec, Slot, Uplink

OPUS = Codec(111, "opus", 48000, 2)
MICROPHONE = Uplink("0", "audio", "microphone", (OPUS,), {})
SLOT = Slot("1", "audio", (OPUS,), {}, ssrc=7, stream="slot-0")
NO_EXTENSIONS: dict[str, Any] = {
    "mid_id": 0,
    "transport_sequence_id": 0,
    "rid_id": 0,
    "repaired_rid_id": 0,
}


def told(uplink: object, slot: object) -> Callable[[Engine, int], None]:
    lines: dict[str, Any] = {"uplinks": [uplink], "slots": [slot]}
    return lambda engine, peer: engine.negotiate(peer, **lines, **NO_EXTENSIONS)


def without(terms: object, field: str) -> object:
    assert isinstance(terms, dict)
    return {name: value for name, value in terms.items() if name != field}


@pytest.mark.parametrize(
    ("uplink", "slot", "complaint"),
    [
        ("0", {}, "dict, not str"),
        ({}, {}, "uplink.*'mid'"),
        (uplink_terms(1, MICROPHONE, "", kept=False), {}, "slot.*'mid'"),
        (
            without(uplink_terms(1, MICROPHONE, "", kept=False), "rtx_ssrc"),
            {},
            "uplink.*'rtx_ssrc'",
        ),
        (
            uplink_terms(1, MICROPHONE, "", kept=False),
            {**slot_terms(SLOT, 1, 2), "colour": 3},
            "slot.*at most 10",
        ),
    ],
)
def test_a_field_too_few_or_too_many_is_told_and_nothing_changes(
    uplink: object, slot: object, complaint: str
) -> None:
    engine = Engine(-1, 0.0, 1_000_000)
    peer = engine.add(1)
    with pytest.raises(TypeError, match=complaint):
        told(uplink, slot)(engine, peer)
    assert engine.stats(peer) == ([], [], None, None, None, 0, False)


def test_counters_come_with_their_names() -> None:
    engine = Engine(-1, 0.0, 1_000_000)
    peer = engine.add(1)
    told(uplink_terms(5, MICROPHONE, "", kept=False), slot_terms(SLOT, 1, 2))(engine, peer)
    stats = engine.stats(peer)
    assert stats is not None
    assert [(uplink.mid, uplink.token, uplink.packets) for uplink in stats.uplinks] == [("0", 5, 0)]
    assert [(slot.mid, slot.token, slot.own_loss) for slot in stats.slots] == [("1", 0, None)]
