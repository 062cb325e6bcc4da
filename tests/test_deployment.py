"""What can be checked of the Dockerfile and compose.yaml without an engine to run them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent


@pytest.fixture
def services() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    return services


def test_the_container_runs_unprivileged_on_a_read_only_root(services: dict[str, Any]) -> None:
    carelay = services["carelay"]
    assert carelay["read_only"] is True
    assert carelay["cap_drop"] == ["ALL"]
    assert "USER 10001" in (ROOT / "Dockerfile").read_text().splitlines()


def test_the_key_and_the_recordings_are_on_different_volumes(services: dict[str, Any]) -> None:
    mounts = dict(mount.split(":") for mount in services["carelay"]["volumes"])
    assert mounts["data"] == "/var/lib/carelay/data"
    assert mounts["keys"] == "/var/lib/carelay/keys"


def test_no_secret_has_a_default(services: dict[str, Any]) -> None:
    text = (ROOT / "compose.yaml").read_text()
    assert "${CARELAY_DATABASE_PASSWORD:?" in text
    assert "${CARELAY_TURN_SECRET:?" in text
    assert ":-" not in text


def test_every_command_finds_the_configuration_where_the_container_starts() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert "WORKDIR /var/lib/carelay" in lines
    assert "COPY config.toml /var/lib/carelay/config.toml" in lines


def test_the_server_knows_its_address_and_believes_the_proxy_of_the_host_only(
    services: dict[str, Any],
) -> None:
    networks = yaml.safe_load((ROOT / "compose.yaml").read_text())["networks"]
    network = networks["default"]["ipam"]["config"][0]
    environment = services["carelay"]["environment"]
    assert environment["CARELAY_SERVER_PUBLIC_URL"].startswith("${CARELAY_PUBLIC_URL:?")
    assert environment["CARELAY_SERVER_TRUSTED_PROXIES"] == f"{network['gateway']}/32"


def test_every_folder_the_image_needs_is_copied_and_exists() -> None:
    copied = [
        line.split()[1]
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ")
    ]
    sources = [source for source in copied if not source.startswith("--")]
    assert {"relay", "signaling", "storage", "web", "config.toml", "requirements.txt"} <= set(
        sources
    )
    for source in sources:
        assert (ROOT / source).exists(), source
