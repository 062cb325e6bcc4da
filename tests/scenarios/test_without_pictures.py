"""Somebody who can use no pictures is sent none, and hears on."""

from relay.media import SOURCES, Source
from tests.patience import until
from tests.scenarios.conftest import Join
from tests.scenarios.party import DELTA, KEYFRAME, Party

SOUND: frozenset[Source] = frozenset({"microphone"})


def came(party: Party, name: str) -> dict[str, int]:
    """How many packets of each source of somebody have arrived."""
    sources: tuple[Source, ...] = ("microphone", "camera", "screen")
    return {source: len(party.packets_of(name, source)) for source in sources}


async def test_only_what_is_wanted_is_sent_and_pictures_come_back_with_a_keyframe(
    join: Join,
) -> None:
    ann = await join("ann", ("microphone", "camera", "screen"))
    bob = await join("bob")

    async def heard(packets: int) -> dict[str, int]:
        ann.send("camera", KEYFRAME)
        ann.send("screen", KEYFRAME)
        ann.send("microphone", b"hello")
        await until(lambda: came(bob, "ann")["microphone"] == packets)
        return came(bob, "ann")

    assert await heard(1) == {"microphone": 1, "camera": 1, "screen": 1}
    assigned = dict(bob.assignments)
    bob.peer.receive(SOUND)
    assert await heard(2) == {"microphone": 2, "camera": 1, "screen": 1}
    bob.peer.receive(SOUND | {"screen"})
    assert await heard(3) == {"microphone": 3, "camera": 1, "screen": 2}
    asked = ann.asked_for_keyframe("camera")
    bob.peer.receive(SOURCES)
    await until(lambda: ann.asked_for_keyframe("camera") > asked)
    ann.send("camera", DELTA)
    assert await heard(4) == {"microphone": 4, "camera": 2, "screen": 3}
    assert bob.assignments == assigned
