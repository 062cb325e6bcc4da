"""Somebody reads what they have agreed to, and keeps it as a document; nobody else does."""

import io
from typing import Any

import pypdf
import pytest

from signaling import config
from signaling.calls import answering, consenting, history
from signaling.calls.resources import OwnConsent
from signaling.kernel.errors import NotFound
from signaling.recordings.document import Typesetter
from signaling.recordings.texts import texts_of
from storage.errors import InvalidCursor
from tests.signaling.practice import Practice, all_written
from tests.signaling.recordings.test_texts import shown

ENGLISH, GERMAN, _ = texts_of(config.Consent()).all


async def answered_german(practice: Practice) -> str:
    patient = practice.page(practice.patient)
    await practice.clock.advance(0.25)  # a PDF knows whole seconds only
    room_id = await practice.ring(recording=True)
    await answering.accept(
        practice.calls, practice.patient, room_id, recording_consent=True, shown=shown(GERMAN)
    )
    await practice.join(patient, room_id)
    await consenting.decide(practice.calls, patient, room_id, given=False)
    return room_id


async def own(practice: Practice) -> list[OwnConsent]:
    return (await history.consents(practice.calls, practice.patient)).consents


async def test_somebody_reads_their_own_answers_with_the_words_newest_first(
    practice: Practice,
) -> None:
    room_id = await answered_german(practice)
    withdrawn, given = await own(practice)
    assert (given.decision, given.text, given.text_confirmed) == ("given", GERMAN.text, True)
    assert (given.room_id, given.provider_name, given.side) == (
        room_id,
        "Name of provider",
        "patient",
    )
    assert (withdrawn.decision, withdrawn.text, withdrawn.text_confirmed) == (
        "withdrawn",
        GERMAN.text,
        False,
    ), "of the words that they had agreed to"
    others = await history.consents(practice.calls, practice.other_patient)
    assert others.consents == []
    [switched_on] = (await history.consents(practice.calls, practice.provider)).consents
    assert (switched_on.side, switched_on.language) == ("provider", "en")


async def test_they_come_a_page_at_a_time(practice: Practice) -> None:
    room_id = await answered_german(practice)
    page = practice.page(practice.patient)
    await practice.join(page, room_id)
    for turn in range(60):
        await consenting.decide(practice.calls, page, room_id, given=turn % 2 == 0)
    await all_written(practice.calls)
    first = await history.consents(practice.calls, practice.patient)
    rest = await history.consents(practice.calls, practice.patient, first.next_cursor)
    ids = [each.consent_id for each in (*first.consents, *rest.consents)]
    assert (len(first.consents), len(ids), rest.next_cursor) == (50, 62, None)
    assert ids == sorted(ids, reverse=True)
    for cursor in ("nonsense", "MjAyNi0wMS0wMVQwMDowMDowMCswMDowMCBub25l"):
        with pytest.raises(InvalidCursor):
            await history.consents(practice.calls, practice.patient, cursor)


async def test_one_is_a_document_that_can_be_read_out_in_its_language(practice: Practice) -> None:
    room_id = await answered_german(practice)
    given = (await own(practice))[1]
    typesetter = Typesetter("Praxis am Markt #1 *")
    document = await history.consent_document(
        practice.calls, typesetter, practice.patient, given.consent_id
    )
    data = await document.read(0, document.size)
    again = await history.consent_document(
        practice.calls, typesetter, practice.patient, given.consent_id
    )
    assert (document.media_type, document.tag) == ("application/pdf", again.tag)
    pdf = pypdf.PdfReader(io.BytesIO(data))
    root: Any = pdf.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("de", True)
    assert "/StructTreeRoot" in root
    assert pdf.metadata
    assert pdf.metadata.title == "Einwilligung in eine Aufzeichnung"
    words = " ".join("".join(page.extract_text() for page in pdf.pages).split())
    for said in (
        "Praxis am Markt #1 *",
        "Name of patient",
        "Name of provider",
        GERMAN.sha256,
        GERMAN.text[:60],
        "192.0.2.7",
        room_id,
    ):
        assert said in words
    for actor, consent_id in (
        (practice.other_patient, given.consent_id),
        (practice.patient, given.consent_id + 1000),
        (practice.patient, 2**70),
        (practice.patient, -1),
    ):
        with pytest.raises(NotFound, match="unknown_consent"):
            await history.consent_document(practice.calls, typesetter, actor, consent_id)


@pytest.mark.parametrize("language", ["en", "es", "tlh"])
async def test_every_language_has_a_document(language: str, practice: Practice) -> None:
    await answered_german(practice)
    found = await practice.calls.ledger.consents("patient", None)
    for each in found.items:
        each.consent.language = language
        document = await Typesetter("p").document(each)
        pdf = pypdf.PdfReader(io.BytesIO(await document.read(0, document.size)))
        root: Any = pdf.trailer["/Root"]
        assert root["/Lang"] == ("es" if language == "es" else "en")
