"""`carelay audit` on the files of a server that is not running."""

import asyncio
import base64
import json
from pathlib import Path

import pytest
from sqlalchemy import insert

from storage.audit import checkpoint, cosigned, key, note, proof, witness
from storage.audit.cosignature import Cosigner
from storage.audit.log import newest_checkpoint
from storage.audit.note import Verifier
from storage.audit.sequencer import Sequencer
from storage.audit.tiles import Edge, entries_of, hashes_of
from storage.audit.tree import leaf_hash
from storage.database import Database
from storage.models import AuditRow
from tests.signaling.terminal import Carelay
from tests.storage.audit.logs import NOW, expire, tamper, write
from tests.support.witness import TestWitness

URL = "sqlite+aiosqlite:///data/carelay.sqlite3"
CHECKPOINTS = Path("data/audit-checkpoints")
ROWS = 260


@pytest.fixture
def log(carelay: Carelay) -> Verifier:
    """A server's folder with a log, signed after 5 rows and after all."""
    assert carelay("keys", "create").code == 0
    asyncio.run(fill(5))
    asyncio.run(fill(ROWS - 5))
    return key.load_public(Path("keys/audit.pub"))


async def fill(rows: int) -> None:
    database = await Database.open(URL)
    sequencer = Sequencer(database, key.load(Path("keys/audit.key")), CHECKPOINTS)
    await sequencer.settle_key()
    await write(database, *range(rows))
    for _ in range(3):
        await sequencer.step(NOW, sign=True)
    await sequencer.publish()
    await database.close()


def test_the_keys_are_made_together_and_neither_twice(carelay: Carelay) -> None:
    made = carelay("keys", "create").output
    assert "Made the key of the audit log carelay/audit/" in made
    kept = [Path("keys/audit.key").read_bytes(), Path("keys/audit.pub").read_bytes()]
    assert Path("keys/audit.key").stat().st_mode & 0o777 == 0o600
    assert carelay("keys", "create", "--if-missing").output == ""
    assert [Path("keys/audit.key").read_bytes(), Path("keys/audit.pub").read_bytes()] == kept
    Path("keys/audit.key").write_text("damaged")
    assert "is not of an audit log" in carelay("keys", "create", "--if-missing").refusal


def test_an_installation_of_before_gets_the_key_that_it_lacks(carelay: Carelay) -> None:
    carelay("keys", "create")
    kept = Path("keys/recording.key").read_bytes()
    Path("keys/audit.key").unlink()
    assert carelay("keys", "create", "--if-missing").code == 0
    assert key.load(Path("keys/audit.key")).name in Path("keys/audit.pub").read_text()
    assert Path("keys/recording.key").read_bytes() == kept


def test_no_new_key_is_made_for_a_log_that_is_signed(log: Verifier, carelay: Carelay) -> None:
    Path("keys/audit.key").unlink()
    line = carelay("keys", "create", "--if-missing").refusal
    assert f"signed with the key of {log.name}; put that key file back as keys/audit.key" in line


def test_another_key_stops_the_start(log: Verifier, carelay: Carelay) -> None:
    Path("keys/audit.key").unlink()
    other = key.create(Path("keys/audit.key"))
    line = carelay("serve").refusal
    assert f"signed with the key of {log.name}, but the key file holds that of {other.name}" in line
    assert "PROBLEM  audit log: it is signed with the key of" in carelay("doctor").output


def test_a_whole_log_is_verified_without_options_and_with_them(
    log: Verifier, carelay: Carelay, tmp_path: Path
) -> None:
    counts = "rows: 260, of these signed: 260, expired, hash only: 0, waiting to be put into it: 0"
    told = f"The log {log.name} is whole ({counts}).\n"
    assert carelay("audit", "verify").output == told
    kept = tmp_path / "kept"
    kept.mkdir()
    for name, file in {"checkpoint": CHECKPOINTS, "key": Path("keys/audit.pub")}.items():
        (kept / name).write_bytes(file.read_bytes())
        file.unlink()
    options = ["--checkpoint", str(kept / "checkpoint"), "--public-key", str(kept / "key")]
    done = carelay("audit", "verify", *options, "--database", URL)
    assert (done.code, done.output) == (0, told)


@pytest.mark.usefixtures("log")
def test_a_changed_row_is_named_and_the_exit_code_is_1(carelay: Carelay) -> None:
    asyncio.run(tamper(URL, "UPDATE audit SET actor_id = 'x' WHERE id = 7"))
    assert carelay("audit", "verify").refusal == "Row 7 (index 6) was changed: actor_id."


@pytest.mark.usefixtures("log")
def test_a_cut_is_found_by_a_checkpoint_that_was_kept_elsewhere(
    carelay: Carelay, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(CHECKPOINTS.read_bytes())
    CHECKPOINTS.unlink()
    cut = [
        "DELETE FROM audit WHERE id > 5",
        "DELETE FROM audit_leaves WHERE leaf_index >= 5",
        "DELETE FROM audit_tiles",
        "DELETE FROM audit_checkpoints WHERE size > 5",
    ]
    asyncio.run(tamper(URL, *cut))
    assert carelay("audit", "verify").code == 0, "nothing here tells of more than five"
    line = carelay("audit", "verify", "--checkpoint", str(kept)).refusal
    assert "a checkpoint of 260 rows was signed, 5 are there" in line


def test_what_is_no_checkpoint_of_this_log_is_refused(
    log: Verifier, carelay: Carelay, tmp_path: Path
) -> None:
    other = key.create(tmp_path / "other.key")
    foreign = tmp_path / "foreign"
    foreign.write_bytes(other.sign(f"{other.name}\n1\n{'A' * 43}=\n").data)
    line = carelay("audit", "verify", "--checkpoint", str(foreign)).refusal
    assert line == (
        f"{foreign}: The checkpoint is of another log: of {other.name}, and not of {log.name}."
    )
    foreign.write_bytes(other.sign(f"{log.name}\n1\n{'A' * 43}=\n").data)
    line = carelay("audit", "verify", "--checkpoint", str(foreign)).refusal
    assert f"The note is not signed with the key of {log.name}, but {other.name}" in line
    foreign.write_bytes(b"nothing")
    assert "empty line" in carelay("audit", "verify", "--checkpoint", str(foreign)).refusal
    line = carelay("audit", "verify", "--public-key", str(foreign)).refusal
    assert line.startswith(f"{foreign} is not the public key of an audit log")
    asyncio.run(tamper(URL, "UPDATE audit_checkpoints SET note = 'x' WHERE size = 5"))
    assert "The checkpoint of 5 rows in the database" in carelay("audit", "verify").refusal


def test_nothing_is_made_or_migrated_by_looking(carelay: Carelay) -> None:
    carelay("keys", "create")
    assert "the database is empty" in carelay("audit", "verify").refusal
    assert not Path("data/carelay.sqlite3").exists()
    asyncio.run(fill(0))
    assert "there is no checkpoint" in carelay("audit", "verify").refusal
    assert "nothing of the log is signed yet" in carelay("audit", "export").refusal


def test_a_row_is_proved_to_others(log: Verifier, carelay: Carelay, tmp_path: Path) -> None:
    file = tmp_path / "row.tlog-proof"
    for row in (1, 256, 260):
        assert carelay("audit", "prove", str(row), "--output", str(file)).code == 0
        made = proof.parse(file.read_bytes())
        assert (json.loads(made.leaf)["id"], made.index) == (row, row - 1)
        assert proof.verify(made, log).size == ROWS
        told = carelay("audit", "check", str(file)).output
        assert f'"id":{row},' in told
        assert told.endswith(f"has the index {row - 1} in the first 260 of {log.name}.\n")
    assert carelay("audit", "prove", "260").output == file.read_text()
    file.write_bytes(file.read_bytes().replace(b"index 259", b"index 258"))
    assert "does not lead to the root" in carelay("audit", "check", str(file)).refusal
    assert "there is no row 261 in the log" in carelay("audit", "prove", "261").refusal


def test_the_log_is_exported_as_it_was_hashed(
    log: Verifier, carelay: Carelay, tmp_path: Path
) -> None:
    lines = carelay("audit", "export").output.splitlines()
    assert [json.loads(line)["id"] for line in lines] == list(range(1, ROWS + 1))
    edge = Edge()
    for line in lines:
        edge.add(line.encode())
    folder = tmp_path / "tiles"
    for _ in range(2):
        done = carelay("audit", "export", "--tiles", str(folder))
        assert done.output == f"Wrote 260 rows and their tree to {folder}.\n"
    files = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    assert files == {
        "checkpoint",
        "tile/0/000",
        "tile/0/001.p/4",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/4",
    }
    entries = entries_of((folder / "tile/entries/000").read_bytes())
    assert [entry.decode() for entry in entries] == lines[:256]
    hashes = hashes_of((folder / "tile/0/000").read_bytes())
    assert hashes == [leaf_hash(entry) for entry in entries]
    said = checkpoint.opened((folder / "checkpoint").read_bytes(), log)
    assert said == checkpoint.Checkpoint(log.name, ROWS, edge.root)


@pytest.fixture
def aged(carelay: Carelay) -> Verifier:
    """A server's folder with a log of 2019, but for its end; what fills a tile has expired."""
    assert carelay("keys", "create").code == 0
    asyncio.run(age())
    asyncio.run(fill(1))
    return key.load_public(Path("keys/audit.pub"))


async def age() -> None:
    database = await Database.open(URL)
    async with database.transaction() as tx:
        row = {"at": NOW.replace(year=2019), "action": "user.signed_in", "detail": "{}"}
        await tx.execute(insert(AuditRow), [row] * ROWS)
    await database.close()
    await fill(0)
    database = await Database.open(URL)
    assert len(await expire(database)) == 256
    await database.close()


@pytest.mark.usefixtures("aged")
def test_expired_rows_are_counted_and_are_no_fault(carelay: Carelay, tmp_path: Path) -> None:
    told = carelay("audit", "verify").output
    assert "is whole (rows: 262, of these signed: 262, expired, hash only: 256, waiting" in told
    assert carelay("audit", "prove", "41").refusal == (
        "Row 41 has expired: only its hash is left in the log."
    )
    assert carelay("audit", "prove", "258", "--output", str(tmp_path / "proof")).code == 0
    assert carelay("audit", "check", str(tmp_path / "proof")).code == 0
    done = carelay("audit", "export")
    assert root_of(done.output.splitlines()) == newest_root()
    assert done.errors == (
        "carelay: 256 of the 262 rows have expired: of each there is the hash only.\n"
    )
    assert len(carelay("audit", "export", "--format", "fhir").output.splitlines()) == 262 - 256
    assert "256 of the 262" in carelay("audit", "export", "--tiles", str(tmp_path / "t")).errors
    asyncio.run(tamper(URL, "DELETE FROM audit WHERE action = 'audit.expired'"))
    line = carelay("audit", "verify").refusal
    assert line.startswith("Row 1 (index 0) was removed: no event of the log says that it has")


def root_of(lines: list[str]) -> bytes:
    """As docs/audit.md computes it."""
    edge = Edge()
    for line in lines:
        said = json.loads(line)
        if "leaf_hash" in said:
            edge.add_hash(base64.b64decode(said["leaf_hash"]))
        else:
            edge.add(line.encode())
    return edge.root


def newest_root() -> bytes:
    return checkpoint.root_of(list(checkpoint.split(CHECKPOINTS.read_bytes()))[-1])


@pytest.mark.usefixtures("aged")
def test_what_expires_soon_is_listed_and_that_is_written_down(carelay: Carelay) -> None:
    assert carelay("audit", "expiring").output == "", "the last ones are in no full tile"
    asyncio.run(fill(260))
    rows = [line.split("\t") for line in carelay("audit", "expiring").output.splitlines()]
    assert [row[0] for row in rows] == ["257", "258", "259", "260"]
    assert rows[0][1:] == ["2019-03-04 05:06:07", "user.signed_in"]
    assert carelay("audit", "expiring", CARELAY_AUDIT_RETENTION="forever").output == ""
    asyncio.run(fill(0))
    read = carelay("audit", "export", "--group", "log").output
    assert '\\"expiring\\":true,\\"rows\\":4' in read


@pytest.mark.parametrize(
    ("kept", "problem"),
    [
        ("6 months", "must be a time such as `6 years` or `400 days`, or `forever`"),
        ("364 days", "must be a year at least: who looks into something needs it"),
    ],
)
def test_a_time_that_is_none_or_too_short_is_refused(
    carelay: Carelay, kept: str, problem: str
) -> None:
    line = carelay("serve", CARELAY_AUDIT_RETENTION=kept).refusal
    assert line == f"audit.retention (CARELAY_AUDIT_RETENTION): {problem}"


def test_with_witnesses_only_what_they_have_cosigned_is_taken(
    log: Verifier, carelay: Carelay, tmp_path: Path
) -> None:
    by = TestWitness()
    mine = {"CARELAY_AUDIT_WITNESSES": f"{by.vkey} https://witness.example/prefix"}
    line = carelay("audit", "verify", **mine).refusal
    assert line == (
        "data/audit-checkpoints: The newest checkpoint, of 260 rows, is not cosigned by "
        "witness.example/w1."
    )
    assert "nothing of the log is cosigned yet" in carelay("audit", "export", **mine).refusal
    assert "row 7 is not cosigned yet" in carelay("audit", "prove", "7", **mine).refusal
    newest = list(checkpoint.split(CHECKPOINTS.read_bytes()))[-1]
    text = note.parse(newest).text
    file = tmp_path / "cosigned"
    file.write_bytes(newest + by._cosigned(text).encode())
    options = ("audit", "verify", "--checkpoint", str(file), "--witness")
    told = carelay(*options, by.vkey)
    assert told.output.endswith("is cosigned by witness.example/w1.\n")
    assert "is not cosigned by other" in carelay(*options, TestWitness("other").vkey).refusal
    assert "of a witness is not" in carelay(*options, str(log)).refusal
    Path("data/audit-checkpoints").unlink()
    assert "no checkpoint is cosigned by all" in carelay("audit", "verify", **mine).refusal
    asyncio.run(keep(by, text))
    assert carelay("audit", "verify", **mine).code == 0
    proved = tmp_path / "row.tlog-proof"
    assert carelay("audit", "prove", "7", "--output", str(proved), **mine).code == 0
    assert carelay("audit", "check", str(proved), **mine).code == 0
    other = carelay("audit", "check", str(proved), "--witness", TestWitness("other").vkey)
    assert "is not cosigned by other" in other.refusal
    assert "the witness witness.example/w1 cosigned last at" in carelay("doctor", **mine).output


async def keep(by: TestWitness, text: str) -> None:
    """As the server does once it has been answered."""
    cosigner = Cosigner.parse(by.vkey)
    database = await Database.open(URL)
    async with database.transaction() as tx:
        newest = await newest_checkpoint(tx)
        assert newest
        answer = by._cosigned(text).encode()
        await cosigned.keep(
            tx, newest.size, cosigner, witness.cosignature_in(answer, newest.note, cosigner)
        )
    await database.close()


@pytest.mark.parametrize(
    ("named", "problem"),
    [
        ("w1+00+x https://w.example", "entry 1: The key of a witness is not"),
        (TestWitness().vkey, "entry 1: needs the witness's https address"),
        (f"{TestWitness().vkey} http://w.example/x", "entry 1: needs the witness's https address"),
        (f"{TestWitness().vkey} https://w.example/x y", "entry 1: needs the witness's https"),
    ],
    ids=["key", "no address", "plain http", "two addresses"],
)
def test_a_witness_that_cannot_be_one_is_named(carelay: Carelay, named: str, problem: str) -> None:
    line = carelay("audit", "verify", CARELAY_AUDIT_WITNESSES=named).refusal
    assert line.startswith(f"audit.witnesses (CARELAY_AUDIT_WITNESSES): {problem}")


@pytest.mark.usefixtures("log")
def test_some_rows_are_exported_by_what_they_have_in_common(carelay: Carelay) -> None:
    lines = carelay("audit", "export", "--group", "calls").output.splitlines()
    assert len(lines) == ROWS
    assert json.loads(lines[0])["id"] == ROWS, "newest first"
    resources = carelay("audit", "export", "--format", "fhir", "--outcome", "done").output
    assert json.loads(resources.splitlines()[-1])["resourceType"] == "AuditEvent"
    assert carelay("audit", "export", "--actor", "nobody").output == ""
    told = carelay("audit", "export", "--group", "log", "--database", URL).output
    assert told == "", "what was exported waits for its place"


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--begin", "yesterday"], "--begin: "),
        (["--group", "everything"], "--group: "),
        (["--actor", ""], "--actor: "),
        (["--begin", "2026-01-02T00:00:00Z", "--end", "2026-01-01T00:00:00Z"], "--end: "),
        (["--tiles", "folder", "--group", "log"], "--tiles "),
    ],
)
def test_a_filter_that_is_none_is_named(carelay: Carelay, options: list[str], named: str) -> None:
    assert carelay("audit", "export", *options).refusal.startswith(named)
