"""/metrics: what it tells, and to whom."""

from dataclasses import replace
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from relay.stats import PeerStats, RelaySnapshot, RoomStats
from signaling import config
from signaling.kernel.network import Network
from signaling.ops.metrics import Metrics
from signaling.ops.metrics.layers import flowing_layers
from tests.signaling.conftest import TELEMEDICINE, Site, behind_proxy, configuration, open_site
from tests.signaling.ops.busy_server import busy_server, track


def samples(text: str) -> dict[str, float]:
    """`name{labels}` → value."""
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_relay_is_summed_up_without_naming_anybody(tmp_path: Path) -> None:
    text = Metrics(busy_server(tmp_path)).text().decode()
    values = samples(text)
    assert values["carelay_rooms"] == 1
    assert values["carelay_peers"] == 1
    assert values["carelay_calls recording"] == 1
    assert values["carelay_participants good"] == 1
    assert values["carelay_participants unknown"] == 1
    assert values["carelay_recording_failures_total"] == 2
    assert values["carelay_recordings_damaged_total"] == 3
    assert values["carelay_recorded_frames_total camera"] == 300
    assert values["carelay_recorded_frames_total microphone"] == 500
    assert values["carelay_recording_lost_packets_total camera"] == 7
    assert values["carelay_recording_lost_packets_total screen"] == 0
    assert values["carelay_tracks up camera"] == 2
    assert values["carelay_track_packets_total up camera"] == 40
    assert values["carelay_track_packets_total down camera"] == 5
    assert values["carelay_worst_track_loss_ratio up camera"] == 0.1
    assert values["carelay_worst_track_jitter_seconds up camera"] == 0.002
    assert values["carelay_worst_round_trip_seconds"] == 0.012
    assert values["carelay_lease_seconds"] == 87.5
    assert (values["carelay_letters"], values["carelay_letters_oldest_seconds"]) == (6, 4000)
    assert values["carelay_audit_uncosigned_seconds"] == 33.5
    assert values["carelay_audit_unverified_seconds"] == 3600
    assert (values["carelay_audit_verified_rows"], values["carelay_audit_expired_rows"]) == (38, 4)
    assert values["carelay_audit_verification_failures_total"] == 2
    assert (values["carelay_audit_fault changed"], values["carelay_audit_fault cut"]) == (1, 0)
    assert values["carelay_audit_witness_failures_total witness.example/w2"] == 3
    assert not any(name in text for name in ("patient-7", "provider-3", "room-1"))


def test_what_recordings_lack_is_told_by_reason(tmp_path: Path) -> None:
    values = samples(Metrics(busy_server(tmp_path)).text().decode())
    assert values["carelay_recording_missing_packets_total late"] == 3
    assert values["carelay_recording_missing_packets_total lost"] == 0
    assert values["carelay_recording_discarded_pictures_total"] == 4
    assert values["carelay_recording_silence_seconds_total"] == 2.5
    assert values["carelay_recording_discarded_sound_seconds_total"] == 0
    assert values["carelay_recording_skipped_sound_seconds_total"] == 0.02


def test_each_engine_thread_is_told_by_its_port(tmp_path: Path) -> None:
    values = samples(Metrics(busy_server(tmp_path)).text().decode())
    assert values["carelay_relay_received_packets_total 3479"] == 41
    assert values["carelay_relay_forwarded_packets_total 3479"] == 120
    assert values["carelay_relay_dropped_packets_total 3478 unknown_address"] == 8
    assert values["carelay_relay_dropped_packets_total 3479 unknown_address"] == 1
    batches = [
        values[f"carelay_relay_batch_datagrams_bucket {bound} 3478"]
        for bound in ("1.0", "2.0", "32.0", "64.0", "+Inf")
    ]
    assert batches == [0, 1, 1, 2, 2]
    assert values["carelay_relay_batch_datagrams_sum 3478"] == 42
    assert values["carelay_relay_forwarding_delay_seconds_bucket 3.2e-05 3478"] == 1
    assert values["carelay_relay_forwarding_delay_seconds_bucket +Inf 3478"] == 2
    assert values["carelay_relay_forwarding_delay_seconds_sum 3478"] == 0.02502


def test_the_cache_is_told_apart_from_what_was_sent_again(tmp_path: Path) -> None:
    values = samples(Metrics(busy_server(tmp_path)).text().decode())
    kinds = ("nacked", "cached", "retransmitted")
    assert [values[f"carelay_track_{kind}_packets_total down camera"] for kind in kinds] == [
        4,
        3,
        2,
    ]


def test_layers_are_told_by_their_place_because_browsers_choose_the_names() -> None:
    def named(*names: str) -> PeerStats:
        up = tuple(track("camera", 9, layer=name) for name in names)
        return PeerStats(names[0], True, None, None, up=up, down=())

    stopped = replace(track("camera", 9, layer="middle"), bitrate_bps=0)
    largest = PeerStats(
        "1", True, None, None, up=(), down=(track("camera", 5, layer="big"), track("camera", 5))
    )
    smallest = PeerStats(
        "2", True, None, None, up=(stopped,), down=(track("camera", 5, layer="q"), stopped)
    )
    room = RoomStats(
        "room", 0, (named("big", "middle", "small"), named("f", "q"), largest, smallest)
    )
    assert flowing_layers(RelaySnapshot((room,), ())) == {
        ("up", "1"): 2,
        ("up", "2"): 2,
        ("up", "3"): 1,
        ("down", "1"): 1,
        ("down", "2"): 1,
    }


async def test_a_running_server_watches_its_disk(site: Site) -> None:
    text = ""
    while "carelay_recordings_free_bytes" not in text:
        async with site.client.get("/metrics") as response:
            text = await response.text()
    values = samples(text)
    assert 0 < values["carelay_recordings_free_bytes"] <= values["carelay_recordings_size_bytes"]


async def test_requests_are_counted_by_pattern_never_by_path(site: Site) -> None:
    for path in ("/room/secret-room", "/nothing/here", f"{TELEMEDICINE}/calls/secret-room"):
        async with site.client.get(path):
            pass
    async with site.client.request("PROPFIND", "/"):
        pass
    async with site.client.get("/metrics") as response:
        assert response.headers["Content-Type"].startswith("text/plain")
        text = await response.text()
    values = samples(text)
    assert values["carelay_http_requests_total GET /room/{room_id} 200"] == 1
    assert values["carelay_http_requests_total GET none 404"] == 1
    assert values[f"carelay_http_requests_total GET {TELEMEDICINE}/calls/{{room_id}} 401"] == 1
    assert values["carelay_http_requests_total other none 405"] == 1
    assert "secret" not in text


async def test_only_the_networks_of_the_configuration_may_read_them(tmp_path: Path) -> None:
    allowed = config.Metrics(allowed_networks=(Network("10.1.0.0/16"),))
    settings = configuration(tmp_path, metrics=allowed, server=behind_proxy(tmp_path))
    async with open_site(settings) as site:
        for address, status in (
            ("10.1.2.3", 200),
            ("10.2.2.3", 403),
            ("10.1.2.3, 10.2.2.3", 403),
            ("", 403),
        ):
            async with site.client.get(
                "/metrics", headers={"X-Forwarded-For": address}
            ) as response:
                assert response.status == status
