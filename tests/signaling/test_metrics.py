"""/metrics: what it tells, and to whom."""

from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from signaling import config
from signaling.metrics import Metrics
from signaling.network import Network
from tests.signaling.busy_server import busy_server
from tests.signaling.conftest import TELEMEDICINE, Site, behind_proxy, configuration, open_site


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
    assert values["carelay_relay_dropped_packets_total unknown_address"] == 8
    assert values["carelay_tracks up camera"] == 2
    assert values["carelay_track_packets_total up camera"] == 40
    assert values["carelay_track_packets_total down camera"] == 5
    assert values["carelay_worst_track_loss_ratio up camera"] == 0.1
    assert values["carelay_worst_track_jitter_seconds up camera"] == 0.002
    assert values["carelay_worst_round_trip_seconds"] == 0.012
    assert not any(name in text for name in ("patient-7", "provider-3", "room-1"))


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
        for address, status in (("10.1.2.3", 200), ("10.2.2.3", 403), ("10.1.2.3, 10.2.2.3", 403), ("", 403)):
            async with site.client.get("/metrics", headers={"X-Forwarded-For": address}) as response:
                assert response.status == status
