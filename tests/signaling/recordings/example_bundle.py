"""A small bundle that is the same each time it is made, frozen as tests/vectors/bundle_1.zip: the
pages' tests read it, too.

`python -m tests.signaling.recordings.example_bundle` writes it anew.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from signaling.recordings.exporting.documents import (
    About,
    BundledPart,
    BundledRecording,
    Completeness,
    Made,
    PartCompleteness,
    documents,
)
from signaling.recordings.resources import (
    ConnectionStretch,
    ConsentRecord,
    Losses,
    PauseRequest,
    RecordingGap,
    Timeline,
    TimelineEvent,
)
from storage.audit import leaf, succession
from storage.audit.checkpoint import Checkpoint, sign
from storage.audit.note import Signer
from storage.audit.proof import Proof
from storage.audit.tree import Node, inclusion, leaf_hash, node_hash, root
from storage.bundle import manifest
from storage.bundle.writing import Measured, archive, measure, text

VECTOR = Path("tests/vectors/bundle_1.zip")
FIRST = Signer("carelay/audit/0123456789abcdef", bytes(range(32)))
SECOND = Signer("carelay/audit/0123456789abcdef", bytes(range(1, 33)))
AT = datetime(2026, 3, 1, 14, 22, tzinfo=UTC)
RECORDING = "77aa" * 8
ROWS = 5
MEDIA = bytes(range(256)) * 2
TEXT = "You agree that this consultation is recorded.\n"
PAGE = b"<!doctype html><title>A page</title>\n"


def bundle() -> bytes:
    """All of it."""
    texts = [text(one.path, one.data) for one in documents(about(), {"b" * 32: "damaged"}, PAGE)]
    files = [*map(measure, texts), measure(text(MEDIA_FILE, MEDIA))]
    return signed(files, SECOND)


def signed(files: list[Measured], signer: Signer) -> bytes:
    """The archive of these."""
    made = manifest.describe("parts", RECORDING, AT, [one.file for one in files])
    return b"".join(archive(made, manifest.sign(made, signer), files))


MEDIA_FILE = "media/2026-03-01_1422_patient_camera_00000s_aaaaaaaa.webm"


def about() -> About:
    """Two parts, one of them damaged; a log of five rows whose key was changed."""
    made = Made(
        at=AT,
        by_name="Casey Nguyen",
        purpose="HLEGAL",
        reason="A complaint of 3 March",
        practice="Practice at the Lake",
        version="0.1.0",
    )
    return About(
        recording=BundledRecording(
            recording_id=RECORDING,
            room_id="room",
            started_at=AT - timedelta(days=1),
            duration_ms=2000,
            patient_name="Alex Morgan",
            provider_name="Dr. Elena Rivera",
            guest_names=[],
            contents="parts",
            made=made,
            film=None,
            parts=[_part("a", "patient", MEDIA_FILE), _part("b", "provider", "media/other.webm")],
        ),
        completeness=Completeness(
            state="complete",
            authenticity="authentic",
            gaps=[_gap()],
            parts=[_completeness("a"), _completeness("b")],
            audit_rows_not_signed=1,
        ),
        timeline=Timeline(
            events=[
                TimelineEvent(
                    at_ms=-1500, user_id="patient", name="Alex Morgan", side="patient", kind="given"
                ),
                TimelineEvent(
                    at_ms=1200,
                    user_id="patient",
                    name="Alex Morgan",
                    side="patient",
                    kind="off_the_record",
                ),
            ],
            connections=[
                ConnectionStretch(
                    user_id="patient",
                    name="Alex Morgan",
                    side="patient",
                    begin_ms=0,
                    end_ms=1900,
                    condition="fair",
                )
            ],
        ),
        consents=[_consent()],
        log_key=str(FIRST.verifier),
        statements=[succession.statement(FIRST, SECOND.verifier)],
        proofs={str(row): proof(row - 1).data for row in (2, 4, 5)},
    )


def proof(index: int) -> Proof:
    """Of a row of the log."""
    leaves = [_leaf(number) for number in range(1, ROWS + 1)]
    node = _node(leaves)
    said = Checkpoint(SECOND.name, ROWS, root(ROWS, node))
    path = inclusion(index, ROWS, node)
    return Proof(leaves[index], index, tuple(path), sign(said, SECOND).data)


def _node(leaves: list[bytes]) -> Node:
    def node(level: int, index: int) -> bytes:
        if level == 0:
            return leaf_hash(leaves[index])
        return node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))

    return node


def _leaf(row: int) -> bytes:
    columns = dict.fromkeys(leaf.COLUMNS)
    said = {"id": row, "action": "recording.viewed", "detail": "{}", "recording_id": RECORDING}
    return leaf.encode({**columns, **said, "at": AT + timedelta(seconds=row)})


def _part(letter: str, person: str, file: str) -> BundledPart:
    side = "patient" if person == "patient" else "provider"
    return BundledPart(
        part_id=letter * 32,
        participant_id=person,
        participant_name={"patient": "Alex Morgan", "provider": "Dr. Elena Rivera"}[person],
        participant_role=side,  # type: ignore[arg-type]
        source="camera",
        media_type='video/webm; codecs="vp8, opus"',
        offset_ms=0,
        duration_ms=2000,
        file=file,
    )


def _completeness(letter: str) -> PartCompleteness:
    return PartCompleteness(
        part_id=letter * 32,
        state="sealed",
        authenticity="authentic",
        left_out=None,
        losses=Losses(lost_packets=3),
    )


def _gap() -> RecordingGap:
    asked = PauseRequest(
        user_id="patient", name="Alex Morgan", side="patient", begin_ms=500, end_ms=900
    )
    return RecordingGap(offset_ms=500, duration_ms=400, reason="off_the_record", requests=[asked])


def _consent() -> ConsentRecord:
    return ConsentRecord(
        at=AT - timedelta(days=1),
        user_name="Alex Morgan",
        role="patient",
        decision="given",
        text_id="recording",
        text_version="1",
        text_sha256="5e3a" * 16,
        language="en",
        text=TEXT,
        text_confirmed=True,
        address="192.0.2.7",
        user_agent="Browser",
    )


if __name__ == "__main__":
    VECTOR.write_bytes(bundle())
