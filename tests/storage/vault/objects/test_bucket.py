"""A part in a bucket: never kept on trust, read in ranges, deleted with all its versions."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.errors import DamagedPart, NotAsUploaded, StillLocked, StoreAway
from storage.vault.objects import bucket as buckets
from storage.vault.objects.bucket import Bucket
from storage.vault.objects.client import Patience
from storage.vault.objects.settings import BucketSettings, Lock
from storage.vault.reader import PartReader
from tests.storage.vault.parts import IDENTITY, KEY, noise, seal
from tests.support.objectstore import ENVIRONMENT, ObjectServer, Proxy, bucket_at

NOW = datetime.now(UTC)
NAME = "recording/part.part"
SIZE = 20 * 1024 * 1024  # three pieces


@pytest.fixture
def bucket(object_server: ObjectServer) -> Bucket:
    return claimed(object_server.url, object_server.new_bucket())


def claimed(url: str, name: str, prefix: str = "", lock: Lock | None = None) -> Bucket:
    bucket = bucket_at(url, name, prefix=prefix, lock=lock)
    bucket.claim(None, "place")
    return bucket


@pytest.fixture
def part(tmp_path: Path) -> Path:
    """Of several pieces."""
    return seal(tmp_path / "part", noise(SIZE))


@pytest.mark.parametrize("size", [0, 1, 20_000, SIZE])
def test_a_part_comes_back_as_it_was(bucket: Bucket, tmp_path: Path, size: int) -> None:
    plaintext = noise(size)
    bucket.store(NAME, seal(tmp_path / "part", plaintext), NOW)
    with PartReader(bucket.open(NAME), KEY, IDENTITY) as reader:
        assert reader.size == size
        assert b"".join(reader.chunks()) == plaintext
        assert reader.read(size // 2, 300_000) == plaintext[size // 2 :][:300_000]


def test_a_prefix_keeps_installations_apart(object_server: ObjectServer, tmp_path: Path) -> None:
    name = object_server.new_bucket()
    one, other = (claimed(object_server.url, name, prefix) for prefix in ("/one/", "two/deep"))
    for bucket, content in ((one, b"1"), (other, b"2")):
        bucket.store(NAME, seal(tmp_path / content.decode(), content), NOW)
    assert object_server.keys(name) == {f"one/{NAME}", f"two/deep/{NAME}"}
    one.delete(NAME)
    assert object_server.keys(name) == {f"two/deep/{NAME}"}


def test_what_is_stored_already_is_not_sent_again(
    object_server: ObjectServer, proxy: Proxy, part: Path
) -> None:
    bucket = claimed(proxy.url, object_server.new_bucket(versions=True))
    bucket.store(NAME, part, NOW)
    sent = len([line for line in proxy.seen if line.startswith(("PUT", "POST"))])
    bucket.store(NAME, part, NOW)
    assert len([line for line in proxy.seen if line.startswith(("PUT", "POST"))]) == sent


def test_an_upload_that_is_refused_at_its_last_piece_is_no_upload(
    object_server: ObjectServer, proxy: Proxy, part: Path
) -> None:
    bucket = claimed(proxy.url, name := object_server.new_bucket())
    proxy.refuses = lambda line: 500 if "partNumber=3" in line else None
    with pytest.raises(StoreAway, match="it answers 500 InternalError"):
        bucket.store(NAME, part, NOW)
    proxy.heal()
    assert object_server.keys(name) == set()
    proxy.refuses = lambda line: 500 if line.startswith("POST") and "uploadId" in line else None
    with pytest.raises(StoreAway):
        bucket.store(NAME, part, NOW)
    proxy.heal()
    bucket.store(NAME, part, NOW)
    assert object_server.keys(name) == {NAME}
    assert "<Upload>" not in object_server.ask("GET", f"/{name}?uploads")


def test_a_connection_that_is_cut_leaves_nothing_behind_that_counts(
    object_server: ObjectServer, proxy: Proxy, part: Path
) -> None:
    bucket = claimed(proxy.url, object_server.new_bucket())
    proxy.cuts = lambda line: "partNumber=2" in line
    with pytest.raises(StoreAway):
        bucket.store(NAME, part, NOW)
    assert not bucket.exists(NAME)
    proxy.heal()
    bucket.store(NAME, part, NOW)
    assert bucket.exists(NAME)


class Flip:
    """Changes one bit of every answer with that part, or of the first one."""

    def __init__(self, at: int, *, once: bool = False) -> None:
        self._at = at
        self._once = once
        self._done = False

    def __call__(self, line: str, body: bytes) -> bytes:
        if NAME not in line or len(body) <= self._at or (self._once and self._done):
            return body
        self._done = True
        return body[: self._at] + bytes([body[self._at] ^ 1]) + body[self._at + 1 :]


def test_a_store_that_keeps_other_bytes_than_it_was_sent_is_found_out(
    object_server: ObjectServer, proxy: Proxy, tmp_path: Path
) -> None:
    bucket = claimed(proxy.url, object_server.new_bucket())
    part = seal(tmp_path / "part", noise(30_000))
    proxy.answers = Flip(5)
    with pytest.raises(NotAsUploaded, match=r"does not hold recording/part\.part as it was sent"):
        bucket.store(NAME, part, NOW)
    proxy.heal()
    bucket.store(NAME, part, NOW)


def test_a_bit_that_flips_on_its_way_is_asked_for_again(
    object_server: ObjectServer, proxy: Proxy, tmp_path: Path
) -> None:
    bucket = claimed(proxy.url, object_server.new_bucket())
    plaintext = noise(1_000_000)
    bucket.store(NAME, seal(tmp_path / "part", plaintext), NOW)
    for at in (3, 50, 40_000):
        proxy.answers = Flip(at, once=True)
        with PartReader(bucket.open(NAME), KEY, IDENTITY) as reader:
            assert reader.read(0, len(plaintext)) == plaintext
    proxy.answers = Flip(300)  # each time
    with pytest.raises(DamagedPart):
        PartReader(bucket.open(NAME), KEY, IDENTITY)


def test_a_seek_asks_for_little_and_going_on_asks_for_more(
    object_server: ObjectServer, proxy: Proxy, part: Path
) -> None:
    bucket = claimed(proxy.url, object_server.new_bucket())
    bucket.store(NAME, part, NOW)
    with PartReader(bucket.open(NAME), KEY, IDENTITY) as reader:
        before = len(proxy.seen)
        reader.read(10_000_000, 100_000)
        assert len(proxy.seen) == before + 1
        for start in range(10_000_000, 14_000_000, 128 * 1024):
            reader.read(start, 128 * 1024)
        assert len(proxy.seen) < before + 10


def test_a_store_that_stalls_is_given_up(
    object_server: ObjectServer, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "READING", Patience(seconds=1, retries=0, giving_up=1))
    bucket = claimed(proxy.url, object_server.new_bucket())
    bucket.store(NAME, seal(tmp_path / "part", b"abc"), NOW)
    proxy.stalls = lambda _line: True
    with pytest.raises(StoreAway, match="does not answer in time"):
        bucket.open(NAME)


def test_a_bucket_that_is_another_one_is_not_written_to_nor_believed(
    object_server: ObjectServer, bucket: Bucket, tmp_path: Path
) -> None:
    other = bucket_at(object_server.url, object_server.new_bucket())
    with pytest.raises(StoreAway, match="no object carelay-recordings that holds place"):
        other.claim("place", "new")
    with pytest.raises(StoreAway, match="was not reached yet"):
        other.store(NAME, seal(tmp_path / "part", b"abc"), NOW)
    with pytest.raises(StoreAway, match="is not where the recordings are"):
        other.open(NAME)
    with pytest.raises(FileNotFoundError):
        bucket.open(NAME)
    with pytest.raises(StoreAway, match="there is no such bucket"):
        bucket_at(object_server.url, "no-such-bucket").open(NAME)
    assert bucket_at(object_server.url, bucket.settings.bucket).claim(None, "second") == "place"


def test_names_that_lead_elsewhere_are_refused(bucket: Bucket) -> None:
    for name in ("../part", "/part", ""):
        with pytest.raises(DamagedPart):
            bucket.open(name)
        with pytest.raises(DamagedPart):
            bucket.delete(name)


def test_deleting_takes_every_version(object_server: ObjectServer, tmp_path: Path) -> None:
    bucket = claimed(object_server.url, name := object_server.new_bucket(versions=True), "p")
    for content in (b"first", b"second"):
        bucket.store(NAME, seal(tmp_path / content.decode(), content), NOW)
    bucket.store(f"{NAME}.tail", tmp_path / "first", NOW)
    object_server.ask("DELETE", f"/{name}/p/{NAME}")
    assert not bucket.exists(NAME)
    assert object_server.keys(name)
    bucket.delete(NAME)
    assert object_server.keys(name) == set()
    bucket.delete(NAME)


def test_a_locked_object_goes_when_its_lock_has_run_out(
    object_server: ObjectServer, tmp_path: Path
) -> None:
    name = object_server.new_bucket(locks=True)
    bucket = claimed(object_server.url, name, lock=Lock("compliance", 2))
    bucket.store(NAME, seal(tmp_path / "part", b"abc"), NOW - timedelta(days=1))
    with pytest.raises(StillLocked, match=f"is locked until {NOW + timedelta(days=1):%Y-%m-%d}"):
        bucket.delete(NAME)
    assert bucket.exists(NAME)
    unlocked = claimed(object_server.url, name, lock=Lock("compliance", 1))
    unlocked.store("other", seal(tmp_path / "other", b"abc"), NOW - timedelta(days=2))
    unlocked.delete("other")
    assert not unlocked.exists("other")


def test_a_lock_that_the_bucket_does_not_know_is_no_upload(
    object_server: ObjectServer, tmp_path: Path
) -> None:
    bucket = claimed(object_server.url, object_server.new_bucket(), lock=Lock("governance", 2))
    with pytest.raises(StoreAway, match="must have Object Lock enabled"):
        bucket.store(NAME, seal(tmp_path / "part", b"abc"), NOW)


@pytest.mark.parametrize(
    ("status", "words"),
    [(403, "it refuses what these credentials ask for"), (503, "it answers 503")],
)
def test_what_the_store_says_becomes_advice_without_secrets(
    proxy: Proxy, status: int, words: str
) -> None:
    proxy.refuses = lambda _line: status
    bucket = bucket_at(proxy.url, "some-bucket")
    with pytest.raises(StoreAway, match=words) as caught:
        bucket.open(NAME)
    assert not any(secret in str(caught.value) for secret in ENVIRONMENT.values())
    with pytest.raises(StoreAway, match="cannot be reached"):
        bucket_at("http://127.0.0.1:1", "some-bucket").open(NAME)


def test_credentials_come_from_a_private_file_or_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "credentials"

    def made() -> Bucket:
        return Bucket(BucketSettings("some-bucket", credentials_file=file), {})

    file.write_text("[default]\naws_access_key_id = a\n")
    file.chmod(0o600)
    with pytest.raises(StoreAway, match=r"no section \[default\] with"):
        made()
    file.write_text("[default]\naws_access_key_id = a\naws_secret_access_key = b\n")
    made()
    file.chmod(0o644)
    with pytest.raises(StoreAway, match="open to other users"):
        made()
    os.unlink(file)  # noqa: PTH108
    with pytest.raises(StoreAway, match="cannot be read: No such file"):
        made()
    Bucket(BucketSettings("some-bucket"), {})
    with pytest.raises(StoreAway, match="ca_file"):
        Bucket(BucketSettings("some-bucket", ca_file=file), ENVIRONMENT)
