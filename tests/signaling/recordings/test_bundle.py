"""A bundle is what the server made, or it says what was changed."""

import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from storage import bundle
from storage.audit.note import Signer
from storage.bundle.check import check
from storage.bundle.layout import Entry, layout
from storage.bundle.manifest import MANIFEST
from storage.bundle.writing import measure, text
from storage.errors import InvalidExport
from tests.signaling.recordings import example_bundle as example

STEP = 29
"""Between two bytes that are changed; a prime, so that no field is always spared."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "bundle.zip"
    path.write_bytes(example.VECTOR.read_bytes())
    return path


def problems(path: Path) -> list[str]:
    """Also of what is refused at once."""
    try:
        with bundle.opened(path) as files:
            return check(files).problems
    except InvalidExport as error:
        return [str(error)]


def test_a_bundle_is_made_as_it_always_was() -> None:
    assert example.bundle() == example.VECTOR.read_bytes()


def test_every_program_that_reads_zip_reads_it(file: Path) -> None:
    with zipfile.ZipFile(file) as found:
        assert found.testzip() is None
        assert found.namelist()[:3] == ["manifest.json", "manifest.note", "index.html"]
        assert found.read(example.MEDIA_FILE) == example.MEDIA
        assert {each.compress_type for each in found.infolist()} == {zipfile.ZIP_STORED}
        assert {each.date_time for each in found.infolist()} == {(2026, 3, 1, 14, 22, 0)}


def test_it_is_judged_by_itself_and_by_a_key_that_came_another_way(file: Path) -> None:
    with bundle.opened(file) as files:
        found = check(files, example.FIRST.verifier)
        assert found.problems == []
        assert (found.signer, found.rows) == (example.SECOND.verifier, 3)
        assert found.checkpoint
        assert found.checkpoint.size == example.ROWS
        other = Signer("carelay/audit/of-another", bytes(32)).verifier
        assert "is not the key that you trust" in check(files, other).problems[0]


def test_a_folder_that_it_was_unpacked_to_is_as_good(file: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path / "folder")
    assert problems(tmp_path / "folder") == []
    for added in ("media/other.webm", "media/.DS_Store"):
        (tmp_path / "folder" / added).touch()
    with bundle.opened(tmp_path / "folder") as files:
        assert files.strange() == ["media/other.webm"], "it was put there by somebody else"
    with bundle.opened(file) as files:
        assert not files.strange()
    (tmp_path / "folder" / example.MEDIA_FILE).unlink()
    assert problems(tmp_path / "folder") == [f"{example.MEDIA_FILE} is missing"]
    (tmp_path / "folder" / MANIFEST).unlink()
    assert "no manifest.json" in problems(tmp_path / "folder")[0]


def test_a_byte_that_was_changed_anywhere_is_refused_and_named(file: Path) -> None:
    content = example.VECTOR.read_bytes()
    with bundle.opened(file) as files:
        assert isinstance(files, bundle.Archive)
        begins, sizes = files.offsets, files.sizes
    for place in range(0, len(content), STEP):
        changed = bytearray(content)
        changed[place] ^= 1
        file.write_bytes(changed)
        told = problems(file)
        assert told, place
        inside = [path for path, begin in begins.items() if begin <= place < begin + sizes[path]]
        for path in inside:
            assert any(path in line for line in told), (place, told)


def test_what_was_cut_off_or_added_is_refused(file: Path) -> None:
    content = example.VECTOR.read_bytes()
    for changed in (content + b"\0", content[:-1], content[: len(content) // 2], b"", b"PK"):
        file.write_bytes(changed)
        assert problems(file), len(changed)


def test_an_archive_of_another_program_is_not_taken_for_it(file: Path) -> None:
    """Its files may still be right, which the folder tells."""
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in reversed(old.namelist()):
            new.writestr(name, old.read(name))
    file.write_bytes(made.getvalue())
    assert "name the folder" in problems(file)[0]


def test_whoever_has_no_key_of_the_log_signs_nothing(file: Path) -> None:
    """What was put together anew is right in itself, and not by the log's key."""
    with bundle.opened(file) as files:
        texts = [measure(text(each.path, b"other")) for each in files.manifest.files]
    file.write_bytes(example.signed(texts, Signer(example.FIRST.name, bytes(32))))
    assert any("audit/log.pub" in line for line in problems(file))
    kept = [measure(text("audit/log.pub", f"{example.FIRST.verifier}\n".encode()))]
    file.write_bytes(example.signed(kept, Signer(example.FIRST.name, bytes(32))))
    assert any("manifest.note: The note is not signed" in line for line in problems(file))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda made: made["files"].append(made["files"][0]), "names a file twice"),
        (lambda made: made["files"][0].update(path="../x"), "cannot be read"),
        (lambda made: made["files"][0].update(path="/x"), "cannot be read"),
        (lambda made: made["files"][0].update(path="manifest.note"), "names a file twice"),
        (lambda made: made["files"][0].update(size=-1), "cannot be read"),
        (lambda made: made.update(made_at="2026-13-01T00:00:00Z"), "cannot be read"),
        (lambda made: made.update(extra=1), "cannot be read"),
    ],
)
def test_a_manifest_that_leads_elsewhere_is_refused(
    file: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    with bundle.opened(file) as files:
        told = json.loads(files.manifest_data)
    change(told)
    folder = tmp_path / "folder"
    folder.mkdir()
    for line in (json.dumps(told, sort_keys=True, separators=(",", ":")), "{}", "no JSON"):
        (folder / MANIFEST).write_text(line)
        [problem] = problems(folder)
        assert message in problem or "cannot be read" in problem
    (folder / MANIFEST).write_bytes(files.manifest_data + b"\n")
    assert "not in its canonical form" in problems(folder)[0]


def test_files_beyond_four_gigabytes_are_read_by_others(tmp_path: Path) -> None:
    """None of it is on the disk: the file is sparse."""
    entries = [Entry("large", 2**32 + 5, 0), Entry("media/behind", 3, 0x352441C2)]
    made = layout(entries, example.AT)
    path = tmp_path / "large.zip"
    with path.open("wb") as file:
        for header, offset in zip(made.headers, made.offsets, strict=True):
            file.seek(offset - len(header))
            file.write(header)
        file.write(b"abc")
        assert file.tell() == made.directory_offset
        file.write(made.directory)
        assert file.tell() == made.size
    with zipfile.ZipFile(path) as found:
        assert [each.file_size for each in found.infolist()] == [2**32 + 5, 3]
        assert found.read("media/behind") == b"abc"


def test_the_auditors_own_lines_prove_its_rows(file: Path, tmp_path: Path) -> None:
    """Those of docs/audit.md."""
    blocks = re.findall(r"```python\n(.*?)```", Path("docs/audit.md").read_text(), re.DOTALL)
    [lines] = [block for block in blocks if "removeprefix" in block]
    with zipfile.ZipFile(file) as archive:
        proof = archive.extract("audit/row-4.tlog-proof", tmp_path)
    changed = tmp_path / "changed"
    changed.write_text(Path(proof).read_text().replace("index 3", "index 2"))
    for path, said in ((proof, "True"), (changed, "False")):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", lines, path],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == said
