"""/metrics: what it tells, and to whom."""

from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from relay.stats import PeerStats, RelaySnapshot, RoomStats, TrackStats
from signaling import config
from signaling.hub import Hub
from signaling.metrics import Metrics
from signaling.network import Network
from tests.signaling.conftest import TELEMEDICINE, Site, behind_proxy, configuration, open_site


def track(source: str | None, packets: int) -> TrackStats:
    return TrackStats(
        mid="0",
        source=source,  # type: ignore[arg-type]  # one of the sources, as the tests write them
        codec="VP8",
        packets=packets,
        bytes=packets * 1000,
        bitrate_bps=1_000_000,
        lost=1,
        loss=0.1,
        jitter_ms=2.0,
        rtt_ms=None,
        nacks=3,
        retransmitted=2,
        plis=4,
    )


class OneRoom:
    """A relay in the middle of a call."""

    def snapshot(self, now: float) -> RelaySnapshot:  # noqa: ARG002  as the relay has it
        peer = PeerStats("patient-7", True, 12.0, None, up=(track("camera", 10),), down=(track("camera", 5),))
        idle = PeerStats("provider-3", False, None, None, up=(track("camera", 30),), down=(track(None, 0),))
        return RelaySnapshot((RoomStats("room-1", 99, (peer, idle)),), {"unknown address": 8})


def samples(text: str) -> dict[str, float]:
    """`name{labels}` → value."""
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_relay_is_summed_up_without_naming_anybody() -> None:
    text = Metrics(OneRoom(), Hub()).text().decode()
    values = samples(text)
    assert values["carelay_rooms"] == 1
    assert values["carelay_peers"] == 1
    assert values["carelay_relay_dropped_total unknown address"] == 8
    assert values["carelay_track_packets up camera"] == 40
    assert values["carelay_track_packets down camera"] == 5
    assert not any(name in text for name in ("patient-7", "provider-3", "room-1"))


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
