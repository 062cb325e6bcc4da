"""What the pages are told of the configuration."""

from pathlib import Path

from signaling import config
from tests.signaling.conftest import TELEMEDICINE, configuration, open_site


async def test_settings_are_open_but_turn_credentials_are_not(tmp_path: Path) -> None:
    ice = config.Ice(
        stun_servers=("stun:s.example",),
        turn_servers=("turn:t.example",),
        turn_static_auth_secret="north",
    )
    async with open_site(configuration(tmp_path, ice=ice)) as site:
        async with site.client.get(f"{TELEMEDICINE}/settings") as response:
            settings = await response.json()
            assert settings["ice_servers"] == []
            assert settings["recording_available"] is True
            assert settings["demo"] is False
        async with site.client.get(
            f"{TELEMEDICINE}/settings", headers=await site.headers("patient")
        ) as response:
            stun, turn = (await response.json())["ice_servers"]
    assert stun == {"urls": ["stun:s.example"]}
    assert turn["username"].partition(":")[0].isdigit()
    assert turn["credential"]
