"""Which pictures a page takes part with: what it is sent, and what the others are told."""

import pytest

from relay.media import SOURCES
from signaling.calls import joining, media
from signaling.calls.messages import Participants, PathChanged, Pictures
from signaling.calls.participants import received_with
from signaling.kernel.errors import DomainError
from tests.patience import until
from tests.signaling.practice import Page, Practice

SOUND_ONLY = Pictures(sound_only=True)


def told(page: Page) -> dict[str, Pictures]:
    return {person.user_id: person.pictures for person in page.last(Participants).participants}


@pytest.mark.parametrize(
    ("pictures", "sources"),
    [
        (Pictures(), SOURCES),
        (Pictures(sends="none", receives="small"), SOURCES),
        (Pictures(receives="none"), {"microphone"}),
        (Pictures(receives="none", screen=True), {"microphone", "screen"}),
        (SOUND_ONLY, {"microphone"}),
        (Pictures(sound_only=True, screen=True), {"microphone", "screen"}),
    ],
)
def test_no_picture_is_sent_that_a_page_cannot_use(pictures: Pictures, sources: set[str]) -> None:
    assert received_with(pictures) == sources


async def test_it_holds_for_every_connection_of_the_page_and_everybody_is_told_once(
    practice: Practice,
) -> None:
    room_id, provider, patient = await practice.running()
    media.set_pictures(practice.calls, patient, room_id, SOUND_ONLY)
    assert told(provider) == told(patient) == {"provider": Pictures(), "patient": SOUND_ONLY}
    for _ in range(2):  # the second is a page that was loaded again
        await practice.connect(patient, room_id)
        peers = practice.relay.room(room_id).peers
        assert peers["patient"].receives == {"microphone"}
    before = len(provider.all(Participants))
    media.set_pictures(practice.calls, patient, room_id, SOUND_ONLY)
    assert len(provider.all(Participants)) == before
    media.set_pictures(practice.calls, patient, room_id, Pictures())
    assert peers["patient"].receives == SOURCES
    assert told(provider)["patient"] == Pictures()


async def test_only_the_page_that_carries_the_call_says_so(practice: Practice) -> None:
    room_id, provider, phone = await practice.running()
    desk = practice.page(practice.patient)
    await joining.join(practice.calls, desk, room_id)
    with pytest.raises(DomainError, match="not_joined"):
        media.set_pictures(practice.calls, phone, room_id, SOUND_ONLY)
    stranger = practice.page(practice.other_patient)
    with pytest.raises(DomainError, match="unknown_room"):
        media.set_pictures(practice.calls, stranger, room_id, SOUND_ONLY)
    assert told(provider)["patient"] == Pictures()


async def test_a_page_is_told_of_its_path_once_and_again_after_it_was_loaded(
    practice: Practice,
) -> None:
    room_id, provider, _ = await practice.running()
    await practice.connect(provider, room_id)
    await until(lambda: practice.relay.room(room_id).peers["provider"].connected)
    await practice.clock.advance(6)
    [path] = provider.all(PathChanged)
    assert (path.room_id, path.loss, path.carries_bps) == (room_id, 0.0, None)
    again = practice.page(practice.provider)
    await practice.join(again, room_id)
    await practice.clock.advance(2)
    assert again.last(PathChanged) == path
