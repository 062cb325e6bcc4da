"""The doctor says what is wrong with the file of what was erased, and what still has files."""

from pathlib import Path

from signaling.clinical.records import About, Records
from signaling.ops.doctor.erasure import look_at_erased, look_at_erased_clinical
from storage.models import ClinicalKey
from storage.recordings.recording_keys import RECORDINGS
from storage.vault.place import MARKER
from storage.vault.tombstones import ClinicalTombstone, Tombstone, Tombstones
from tests.signaling.conftest import configuration
from tests.signaling.manual_clock import START
from tests.signaling.practice import Practice, key_folder, open_practice
from tests.signaling.recordings.recorded import record


async def recorded(practice: Practice) -> str:
    room_id = await practice.ring(recording=True)
    session_id = (await practice.log(room_id))[0].session_id or ""
    return (await record(practice.recordings.archive, session_id, room_id)).id


async def test_it_says_what_is_wrong_with_the_file_of_what_was_erased(tmp_path: Path) -> None:
    settings = configuration(tmp_path)
    path = settings.tombstones_path
    async with open_practice(tmp_path) as practice:

        async def look() -> list[tuple[str, str]]:
            found = await look_at_erased(settings, practice.database)
            assert all(one.text.startswith("erased recordings: ") for one in found)
            return [(one.level, one.text.removeprefix("erased recordings: ")) for one in found]

        assert await look() == [("ok", f"0, all noted in {path}")]
        await practice.erasures.request(practice.compliance, await recorded(practice), "why")
        await practice.erasures.background.drain(10)
        assert await look() == [("ok", f"1, all noted in {path}")]
        noted = path.read_bytes()
        path.chmod(0o644)
        assert await look() == [
            ("note", f"other users of this machine can read {path}, which has reasons and names")
        ]
        path.unlink()
        assert await look() == [("note", f"1 are not noted in {path}")]
        path.write_bytes(noted + b"{torn")
        path.chmod(0o600)
        assert await look() == [("problem", f"{path} has lines that cannot be read: 2")]
        path.unlink()
        path.mkdir()
        assert await look() == [("problem", f"{path} cannot be read: Is a directory")]
        path.rmdir()
        path.write_bytes(noted)
        path.chmod(0o600)


async def test_it_says_what_the_database_has_that_was_erased(tmp_path: Path) -> None:
    async with open_practice(tmp_path) as practice:
        settings, recording_id = configuration(tmp_path), await recorded(practice)

        async def look() -> list[tuple[str, str]]:
            found = await look_at_erased(settings, practice.database)
            return [(one.level, one.text.removeprefix("erased recordings: ")) for one in found]

        tombstones = Tombstones(settings.tombstones_path, Tombstone)
        of_a_backup = Tombstone(recording_id=recording_id, erased_at=START, basis="request")
        tombstones.add([of_a_backup])
        text = f"by {tombstones.path}, 1 were erased that this database still has"
        assert await look() == [("problem", text)]
        tombstones.path.unlink()
        marker = tmp_path / "recordings" / MARKER
        marker.rename(tmp_path / "marker")  # so that nobody deletes its files
        await practice.erasures.request(practice.compliance, recording_id, "why")
        await practice.erasures.background.drain(10)
        assert await look() == [("note", "1 of 1 still have files")]


async def test_it_says_the_same_of_erased_clinical_records(tmp_path: Path) -> None:
    settings = configuration(tmp_path)
    path = settings.clinical_tombstones_path
    async with open_practice(tmp_path) as practice:
        database, noted = practice.database, Tombstones(path, ClinicalTombstone)

        async def look() -> tuple[str, str]:
            [found] = await look_at_erased_clinical(settings, database)
            return found.level, found.text.removeprefix("erased clinical records: ")

        assert await look() == ("ok", f"0, all noted in {path}")
        records = Records(database, key_folder(tmp_path), RECORDINGS, noted, practice.clock)
        for name in ("one", "two"):
            await records.make(name, About("note"))
        async with database.transaction() as tx:
            row = await tx.get_one(ClinicalKey, "one")
            tombstone = await records.erase(tx, row, practice.compliance, "why")
        assert await look() == ("note", f"1 are not noted in {path}")
        await records.note_erased(tombstone)
        assert await look() == ("ok", f"1, all noted in {path}")
        noted.add([ClinicalTombstone(record_id="two", erased_at=START)])
        assert await look() == (
            "problem",
            f"by {path}, 1 were erased that this database still has",
        )
        path.unlink()
        path.mkdir()
        assert await look() == ("problem", f"{path} cannot be read: Is a directory")
