"""Who is there: sockets and media come and go, and the call outlives both for a while."""

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path
from struct import pack

import pytest

from signaling import config
from signaling.calls import answering, joining, leaving, lifetime, media
from signaling.calls.messages import (
    CallAccepted,
    CallEnded,
    CallWarning,
    ConnectionReplaced,
    MediaState,
    Participants,
    QualityChanged,
)
from signaling.calls.resources import SideConnection
from signaling.http.problem import status
from signaling.kernel.errors import DomainError
from tests.patience import until
from tests.relay.client import Client
from tests.signaling.practice import Page, Practice, all_written, open_practice
from tests.talking import talking

SILENCE_NEEDS = 4.0
"""Seconds of media after which it is known to flow all the time."""


def all_connected(page: Page) -> bool:
    return all(person.connected for person in page.last(Participants).participants)


async def test_the_provider_prepares_while_it_rings_but_the_patient_accepts_first(
    practice: Practice,
) -> None:
    provider, patient = practice.page(practice.provider), practice.page(practice.patient)
    room_id = await practice.ring()
    joined = await practice.join(provider, room_id)
    assert (joined.call_status, joined.ends_at) == ("initiated", None)
    assert (joined.slots.audio, joined.slots.video) == (1, 2)
    with pytest.raises(DomainError, match="call_still_ringing join"):
        await joining.join(practice.calls, patient, room_id)
    await answering.accept(practice.calls, practice.patient, room_id, recording_consent=False)
    joined = await practice.join(patient, room_id)
    assert joined.ends_at == practice.clock.now() + timedelta(minutes=60)


async def test_media_connects_and_both_sides_see_it(practice: Practice) -> None:
    room_id, provider, patient = await practice.running()
    await practice.connect(provider, room_id)
    await practice.connect(patient, room_id)
    for page in (provider, patient):
        await until(partial(all_connected, page))
    [camera] = [a for a in provider.last(Participants).assignments if a.source == "camera"]
    assert camera.user_id == practice.patient.user_id


async def test_a_dropped_socket_does_not_end_the_call(practice: Practice) -> None:
    room_id, provider, patient = await practice.meeting()
    practice.leave(patient)
    seen = {person.user_id: person for person in provider.last(Participants).participants}
    assert (seen["patient"].joined, seen["patient"].connected) == (False, True)
    await practice.clock.advance(59)
    back = practice.page(practice.patient)
    joined = await practice.join(back, room_id)
    assert joined.call_status == "active"
    await practice.clock.advance(600)
    assert not back.all(CallEnded)


async def test_somebody_who_does_not_come_back_ends_the_call(practice: Practice) -> None:
    room_id, provider, patient = await practice.running()
    practice.leave(patient)
    await practice.clock.advance(60)
    await all_written(practice.calls)
    assert provider.last(CallEnded).reason == "participant_lost"
    assert (await practice.row(room_id)).end_reason == "participant_lost"


async def test_a_call_in_which_nobody_hears_anybody_ends_though_both_pages_are_open(
    practice: Practice,
) -> None:
    """As behind a network that blocks UDP: the sockets are well, and no media ever comes."""
    _, provider, patient = await practice.running()
    await practice.connect(provider, provider.last(Participants).room_id)
    seen = {person.user_id: person for person in provider.last(Participants).participants}
    assert (seen["patient"].joined, seen["patient"].connected) == (True, False)
    await practice.clock.advance(59)
    assert not provider.all(CallEnded)
    await practice.clock.advance(1)
    await all_written(practice.calls)
    assert [page.last(CallEnded).reason for page in (provider, patient)] == ["participant_lost"] * 2


async def test_both_sides_count_from_the_same_moment(practice: Practice) -> None:
    provider = practice.page(practice.provider)
    room_id = await practice.ring()
    await practice.join(provider, room_id)
    await practice.clock.advance(20)
    await answering.accept(practice.calls, practice.patient, room_id, recording_consent=False)
    accepted = provider.last(CallAccepted)
    await practice.clock.advance(30)
    joined = await practice.join(practice.page(practice.patient), room_id)
    assert accepted.started_at == joined.started_at == accepted.server_time
    assert accepted.ends_at == joined.ends_at


async def test_somebody_who_never_turns_up_ends_the_call(practice: Practice) -> None:
    provider = practice.page(practice.provider)
    room_id = await practice.ring()
    await joining.join(practice.calls, provider, room_id)
    await answering.accept(practice.calls, practice.patient, room_id, recording_consent=False)
    await practice.clock.advance(60)
    await all_written(practice.calls)
    assert provider.last(CallEnded).reason == "participant_lost"


async def test_media_that_flows_outlives_the_socket(practice: Practice) -> None:
    room_id, provider, patient = await practice.running()
    beating = asyncio.create_task(keep_alive((await practice.connect(provider, room_id)).check))
    client = await practice.connect(patient, room_id)
    practice.leave(patient)
    checking = asyncio.create_task(keep_alive(client.check))
    await practice.clock.advance(600)
    assert not provider.all(CallEnded)
    checking.cancel()
    await client.close()
    await until(lambda: not practice.relay.room(room_id).peers["patient"].connected)
    await practice.clock.advance(60)
    await all_written(practice.calls)
    assert provider.last(CallEnded).reason == "participant_lost"
    beating.cancel()


async def test_whoever_is_cut_off_is_poorly_connected_until_media_is_back(
    practice: Practice,
) -> None:
    room_id, provider, patient = await practice.running()
    await practice.connect(provider, room_id)
    client = await practice.connect(patient, room_id)
    await reported(practice, room_id, client)
    await practice.clock.advance(2)
    assert quality(practice, room_id) == "excellent"
    await client.close()
    await until(lambda: quality(practice, room_id) == "lost")
    told = provider.last(QualityChanged)
    assert (told.user_id, told.quality) == ("patient", "lost")
    await practice.clock.advance(20)
    assert quality(practice, room_id) == "lost"
    client = await practice.connect(patient, room_id)
    await reported(practice, room_id, client)
    await practice.clock.advance(2)
    assert quality(practice, room_id) == "excellent"
    await leaving.hang_up(practice.calls, practice.provider, room_id)
    row = await practice.row(room_id)
    assert row.connection_quality == "poor"
    assert row.connection_by_side
    assert row.connection_by_side.patient == SideConnection(
        typical="poor", worst="poor", worst_seconds=20
    )


async def test_whoever_falls_silent_is_lost_within_seconds_and_the_other_side_is_not(
    practice: Practice,
) -> None:
    room_id, provider, patient = await practice.running()
    doctor = await practice.connect(provider, room_id)
    guest = await practice.connect(patient, room_id)
    peer = practice.relay.room(room_id).peers["patient"]
    async with talking(doctor):
        async with talking(guest) as conversation:
            await conversation.lasts(SILENCE_NEEDS)
            await practice.clock.advance(2)
            assert quality(practice, room_id) in ("excellent", "good")
        await until(lambda: peer.lost)
        assert peer.connected, "that takes eight seconds"
        await practice.clock.advance(0.5)
        told = {message.user_id: message.quality for message in provider.all(QualityChanged)}
        assert told["patient"] == "lost"
        assert told.get("provider") != "lost"
        seen = provider.last(QualityChanged)
        assert (seen.user_id, seen.quality) == ("patient", "lost")


async def reported(practice: Practice, room_id: str, client: Client) -> None:
    """Media of the patient's has arrived, so that there is a word for it."""
    client.send_rtp(pack("!BBHII", 0x80, 111, 1, 960, client.ssrcs["microphone"]) + b"sound")
    peer = practice.relay.room(room_id).peers["patient"]
    await until(lambda: peer.quality() is not None)


def quality(practice: Practice, room_id: str) -> str | None:
    return practice.calls.observed()[room_id].parties["patient"].quality


async def keep_alive(check: object) -> None:
    while True:
        await check()  # type: ignore[operator]  # a bound method of the client
        await asyncio.sleep(0.1)


async def test_a_reloaded_page_replaces_its_own_media(practice: Practice) -> None:
    room_id, provider, patient = await practice.running()
    await practice.connect(provider, room_id)
    await practice.connect(patient, room_id)
    practice.leave(patient)
    again = practice.page(practice.patient)
    await joining.join(practice.calls, again, room_id)
    await practice.connect(again, room_id)
    await until(lambda: all(p.connected for p in provider.last(Participants).participants))
    assert list(practice.relay.room(room_id).peers) == ["provider", "patient"]


async def test_a_second_device_takes_the_call_over(practice: Practice) -> None:
    room_id, _, phone = await practice.meeting()
    desk = practice.page(practice.patient)
    await joining.join(practice.calls, desk, room_id)
    assert phone.last(ConnectionReplaced).room_id == room_id
    with pytest.raises(DomainError, match="not_joined"):
        media.set_state(practice.calls, phone, room_id, MediaState())
    practice.leave(phone)
    await practice.clock.advance(120)
    assert not desk.all(CallEnded)


async def test_muting_is_told_to_the_other_side(practice: Practice) -> None:
    room_id, provider, patient = await practice.running()
    media.set_state(practice.calls, patient, room_id, MediaState(microphone=False))
    told = {p.user_id: p.media for p in provider.last(Participants).participants}
    assert told["patient"] == MediaState(microphone=False)


async def test_an_offer_that_cannot_be_answered_is_refused_and_changes_nothing(
    practice: Practice,
) -> None:
    room_id, provider, _ = await practice.running()
    await practice.connect(provider, room_id)
    with pytest.raises(DomainError) as refused:
        await media.offer(practice.calls, provider, room_id, "v=0\r\nnonsense", {})
    assert (status(refused.value), refused.value.code) == (422, "bad_offer")
    assert practice.relay.room(room_id).peers["provider"].connected


async def test_only_the_provider_shares_a_screen(practice: Practice) -> None:
    room_id, provider, patient = await practice.running()
    with_screen = Client().offer(("microphone", "camera", "screen"))
    await media.offer(practice.calls, provider, room_id, *with_screen)
    with pytest.raises(DomainError) as refused:
        await media.offer(practice.calls, patient, room_id, *with_screen)
    assert (status(refused.value), refused.value.code) == (403, "forbidden")


async def test_an_expired_sign_in_keeps_its_call_but_begins_nothing(practice: Practice) -> None:
    room_id, provider, _ = await practice.running()
    provider.expires_at = practice.clock.now()
    media.set_state(practice.calls, provider, room_id, MediaState(camera=False))
    assert (await practice.join(provider, room_id)).call_status == "active"
    other = Page(practice.provider, expires_at=practice.clock.now())
    with pytest.raises(DomainError, match="token_expired"):
        await joining.join(practice.calls, other, room_id)


async def test_a_call_ends_by_itself_after_a_warning(tmp_path: Path) -> None:
    async with open_practice(tmp_path, limits=config.Calls(max_duration_minutes=30)) as practice:
        room_id, provider, patient = await practice.meeting()
        await practice.clock.advance(25 * 60 - 1)
        assert not provider.all(CallWarning)
        await practice.clock.advance(1)
        for page in (provider, patient):
            warning = page.last(CallWarning)
            assert (warning.minutes_left, warning.ends_at) == (
                5,
                practice.clock.now() + timedelta(minutes=5),
            )
        await practice.clock.advance(5 * 60)
        await all_written(practice.calls)
        for page in (provider, patient):
            assert (page.last(CallEnded).reason, page.last(CallEnded).duration_minutes) == (
                "max_duration",
                30,
            )
            assert page.last(CallEnded).ended_by is None, "the server did"
        assert len(await practice.actions(room_id)) == 3


async def test_no_warning_in_a_call_shorter_than_it(tmp_path: Path) -> None:
    async with open_practice(tmp_path, limits=config.Calls(max_duration_minutes=3)) as practice:
        _, provider, _ = await practice.meeting()
        await practice.clock.advance(180)
        await all_written(practice.calls)
        assert not provider.all(CallWarning)
        assert provider.last(CallEnded).reason == "max_duration"


async def test_a_server_that_stops_tells_both_sides(practice: Practice) -> None:
    room_id, provider, patient = await practice.running()
    await lifetime.close(practice.calls)
    for page in (provider, patient):
        assert page.last(CallEnded).reason == "server_restart"
    assert (await practice.row(room_id)).call_status == "failed"


async def test_the_next_run_closes_what_was_left_behind(tmp_path: Path) -> None:
    async with open_practice(tmp_path) as first:
        room_id, _, _ = await first.running()
        first.recordings.archive.place.release()  # as the end of its process does
        async with open_practice(tmp_path) as second:
            call = await second.row(room_id)
            assert (call.call_status, call.end_reason) == ("failed", "server_restart")
            event = (await second.log(room_id))[-1]
            assert (event.action, event.actor_id) == ("call.failed", None)
            await second.ring()
