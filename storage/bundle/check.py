"""Whether a bundle is as the server made it, judged by nothing but itself and the keys that one
trusts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from zlib import crc32

from storage.audit import proof
from storage.audit.checkpoint import Checkpoint
from storage.audit.cosignature import Cosigner, refuse_uncosigned
from storage.audit.note import Verifier
from storage.audit.succession import successor
from storage.bundle import manifest
from storage.bundle.files import Archive, BundleFiles, content, pieces
from storage.bundle.layout import Entry, layout
from storage.bundle.manifest import MANIFEST, NOTE
from storage.errors import DamagedPart, InvalidNote

LOG_KEY = "audit/log.pub"
SUCCESSIONS = "audit/key-"
PROOFS = "audit/row-"


@dataclass
class Checked:
    """What was found."""

    problems: list[str] = field(default_factory=list)
    """One line each, which names the file; none: everything is as it was signed."""
    keys: list[Verifier] = field(default_factory=list)
    """Of the log: the first, and those that followed it, as far as the bundle has them."""
    signer: Verifier | None = None
    """Whose signature the manifest has."""
    checkpoint: Checkpoint | None = None
    """The largest one that proofs lead to."""
    rows: int = 0
    """Rows of the audit log that were proved."""


def check(
    files: BundleFiles,
    trusted: Verifier | None = None,
    witnesses: Sequence[Cosigner] = (),
    told: Callable[[int], None] = lambda _: None,
) -> Checked:
    """Reads every byte. `trusted`: the log's first public key as it came another way; without one,
    only that of the bundle itself is there to judge by. `told` hears how many bytes were read.
    """
    found = Checked()
    crcs = _hash_all(files, found, told)
    if isinstance(files, Archive):
        _compare_archive(files, crcs, found)
    _find_keys(files, found, trusted)
    if found.keys:
        _check_signature(files, found)
        _check_rows(files, found, witnesses)
    return found


def _hash_all(files: BundleFiles, found: Checked, told: Callable[[int], None]) -> dict[str, int]:
    """CRCs by path."""
    crcs = {MANIFEST: crc32(files.manifest_data)}
    for file in files.manifest.files:
        digest, crc, size = sha256(), 0, 0
        try:
            for piece in pieces(files.open(file.path)):
                digest.update(piece)
                crc, size = crc32(piece, crc), size + len(piece)
                told(len(piece))
        except FileNotFoundError:
            found.problems.append(f"{file.path} is missing")
            continue
        except DamagedPart as error:
            found.problems.append(f"{file.path}: {error}")
            continue
        crcs[file.path] = crc
        if (size, digest.hexdigest()) != (file.size, file.sha256):
            found.problems.append(f"{file.path} was changed: it is not what {MANIFEST} says")
    return crcs


def _compare_archive(files: Archive, crcs: dict[str, int], found: Checked) -> None:
    """What is between the files, and behind the last of them."""
    crcs = {**crcs, NOTE: crc32(content(files, NOTE))}
    entries = [Entry(path, size, crcs.get(path, 0)) for path, size in files.sizes.items()]
    expected = layout(entries, files.manifest.at)
    for entry, header, offset in zip(entries, expected.headers, expected.offsets, strict=True):
        # where the file itself is not right, its CRC is not, either
        changed = any(line.startswith(f"{entry.name} ") for line in found.problems)
        if not changed and files.read(offset - len(header), len(header)) != header:
            found.problems.append(f"the archive's header of {entry.name} was changed")
    end = expected.directory_offset
    if not found.problems and files.read(end, files.size - end) != expected.directory:
        found.problems.append("the archive's directory, at its end, was changed")


def _find_keys(files: BundleFiles, found: Checked, trusted: Verifier | None) -> None:
    try:
        first = Verifier.parse(content(files, LOG_KEY).decode(errors="replace"))
    except (InvalidNote, DamagedPart, OSError) as error:
        found.problems.append(f"{LOG_KEY}: {error}")
        return
    if trusted is not None and trusted != first:
        found.problems.append(
            f"{LOG_KEY} is not the key that you trust: it is of {first.name}, {first.key_id.hex()}"
        )
        return
    found.keys.append(first)
    for file in files.manifest.files:
        if not file.path.startswith(SUCCESSIONS):
            continue
        try:
            text = content(files, file.path).decode(errors="replace")
            after = successor(text, found.keys[-1])
        except (InvalidNote, DamagedPart, OSError) as error:
            found.problems.append(f"{file.path}: {error}")
            continue
        if after is None:
            found.problems.append(f"{file.path} does not follow the key before it")
        else:
            found.keys.append(after)


def _check_signature(files: BundleFiles, found: Checked) -> None:
    try:
        found.signer = manifest.verify(files.manifest_data, content(files, NOTE), found.keys)
    except (InvalidNote, DamagedPart, OSError) as error:
        found.problems.append(f"{NOTE}: {error}")


def _check_rows(files: BundleFiles, found: Checked, witnesses: Sequence[Cosigner]) -> None:
    for file in files.manifest.files:
        if not file.path.startswith(PROOFS):
            continue
        try:
            said = proof.parse(content(files, file.path))
            covered = proof.verify(said, *found.keys)
            refuse_uncosigned(said.checkpoint, found.keys, witnesses)
        except (InvalidNote, DamagedPart, OSError) as error:
            found.problems.append(f"{file.path}: {error}")
            continue
        found.rows += 1
        if found.checkpoint is None or covered.size > found.checkpoint.size:
            found.checkpoint = covered
