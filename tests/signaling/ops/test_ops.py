"""What operations staff read of a running server: its engine threads and its streams."""

import socket
from pathlib import Path
from typing import Any

from signaling import config
from tests.patience import until
from tests.signaling.conftest import TELEMEDICINE, Site, configuration, open_site, poster

MEDIA_OF_NOBODY = bytes([0x80]) + bytes(19)


async def statistics(site: Site) -> dict[str, Any]:
    async with site.client.get(
        f"{TELEMEDICINE}/ops/rooms", headers=await site.headers("ops")
    ) as response:
        body: dict[str, Any] = await response.json()
        return body


async def test_each_engine_thread_is_told_by_its_port(tmp_path: Path) -> None:
    threads = config.Relay(host="127.0.0.1", port=0, engine_threads=2)
    async with open_site(configuration(tmp_path, relay=threads)) as site:
        relay = site.services.relay
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(MEDIA_OF_NOBODY, ("127.0.0.1", relay.port))
        await until(lambda: relay.snapshot().dropped)
        told = await statistics(site)
    used, idle = told["engines"]
    assert used["port"] == relay.port != idle["port"]
    assert used["dropped_datagrams"] == told["dropped_datagrams"] == {"unknown_address": 1}
    assert used["batch_datagrams"] == {
        "bounds": [1, 2, 4, 8, 16, 32, 64],
        "counts": [1, *[0] * 7],
        "sum": 1,
    }
    delays = used["forwarding_delay_seconds"]
    assert delays["bounds"][0] == 16e-6
    assert (len(delays["counts"]), sum(delays["counts"])) == (len(delays["bounds"]) + 1, 1)
    assert delays["sum"] > 0
    assert idle["dropped_datagrams"] == {}
    assert (
        idle["received_packets"] == idle["forwarded_packets"] == idle["batch_datagrams"]["sum"] == 0
    )


async def test_operations_staff_see_streams_and_no_people(site: Site) -> None:
    post = poster(site)
    await site.headers("patient")
    _, initiated = await post("provider", "initiate", patient_id="patient")
    await post("patient", "accept", room_id=initiated["room_id"], recording_consent=False)
    async with site.client.get(
        f"{TELEMEDICINE}/ops/rooms", headers=await site.headers("ops")
    ) as response:
        text = await response.text()
        body = await response.json()
    roles = [member["role"] for room in body["rooms"] for member in room["participants"]]
    assert roles in ([], ["provider", "patient"])
    assert initiated["room_id"] not in text
    assert "Name of" not in text
