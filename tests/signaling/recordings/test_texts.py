"""Which words somebody agreed to: a page sends back what it showed, and that has to be in force."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from signaling import config
from signaling.calls import answering, consenting, history, joining
from signaling.config.file import ConfigError
from signaling.kernel.errors import Conflict
from signaling.recordings.messages import ShownText
from signaling.recordings.resources import ConsentRecord, ConsentText
from signaling.recordings.texts import require_new_versions, texts_of
from tests.patience import until
from tests.signaling.practice import Practice, all_written, open_practice

SHIPPED = texts_of(config.Consent())


def shown(text: ConsentText, **other: str) -> ShownText:
    """What a page sends back, with something else in it."""
    said = {name: getattr(text, name) for name in ("id", "version", "language", "sha256")}
    return ShownText(**said | other)


def folder_of(path: Path, **texts: str) -> config.Consent:
    for language, text in texts.items():
        (path / f"{language}.txt").write_text(text, encoding="utf-8")
    return config.Consent(texts_path=path)


def test_a_file_is_shown_and_hashed_as_it_is_written(tmp_path: Path) -> None:
    section = folder_of(
        tmp_path,
        de="id: ours\nversion: 7\n\nIch stimme zu.\n\nWirklich.\n",
        en="id: ours\r\nversion: 8\r\n\r\nI \\\r\nagree.\r\n",
    )
    english, german = texts_of(section).all
    assert (english.language, english.version, english.text) == ("en", "8", "I agree.")
    assert english.sha256 == hashlib.sha256(b"I agree.").hexdigest()
    assert (german.id, german.text) == ("ours", "Ich stimme zu.\n\nWirklich.")


def test_texts_come_in_three_languages() -> None:
    assert [text.language for text in SHIPPED.all] == ["en", "de", "es"]
    assert len({text.sha256 for text in SHIPPED.all}) == 3


@pytest.mark.parametrize("text", SHIPPED.all, ids=lambda text: text.language)
def test_a_yes_is_to_the_text_that_was_shown(text: ConsentText) -> None:
    answer = SHIPPED.yes(None, shown(text))
    assert (answer.decision, answer.text, answer.confirmed) == ("given", text, True)


@pytest.mark.parametrize("field", ["id", "version", "language", "sha256"])
def test_a_yes_to_any_other_words_is_refused(field: str) -> None:
    with pytest.raises(Conflict, match="consent_text_changed"):
        SHIPPED.yes(None, shown(SHIPPED.all[0], **{field: "other"}))


def test_a_no_is_taken_whatever_was_shown() -> None:
    english, german, _ = SHIPPED.all
    old = shown(english, version="0")
    assert SHIPPED.no(None, old).decision == "declined"
    withdrawn = SHIPPED.no(True, None, agreed_to=german)
    assert (withdrawn.decision, withdrawn.text, withdrawn.confirmed) == ("withdrawn", german, False)


def test_a_yes_without_a_text_counts_as_not_confirmed_unless_it_has_to_be() -> None:
    answer = SHIPPED.yes(None, None)
    assert (answer.text, answer.confirmed) == (SHIPPED.all[0], False)
    with pytest.raises(Conflict, match="consent_text_missing"):
        replace(SHIPPED, must_be_shown=True).yes(None, None)


async def consents_of(practice: Practice, room_id: str) -> list[ConsentRecord]:
    """As compliance sees them."""
    await all_written(practice.calls)
    found = (await practice.playbacks.list(practice.compliance, None)).recordings
    [recording_id] = [each.recording_id for each in found if each.room_id == room_id]
    return (await practice.playbacks.detail(practice.compliance, recording_id)).consents


async def test_an_old_text_leaves_the_call_ringing_until_the_present_one_is_answered(
    tmp_path: Path,
) -> None:
    german = SHIPPED.all[1]
    async with open_practice(tmp_path) as practice:
        provider, patient = practice.page(practice.provider), practice.page(practice.patient)
        room_id = await practice.ring(recording=True)
        with pytest.raises(Conflict, match="consent_text_changed"):
            await answering.accept(
                practice.calls,
                practice.patient,
                room_id,
                recording_consent=True,
                shown=shown(german, version="0"),
            )
        ringing = await history.one(practice.calls, practice.patient, room_id)
        assert (ringing.call_status, ringing.recording_consent_given) == ("initiated", None)
        await answering.accept(
            practice.calls, practice.patient, room_id, recording_consent=True, shown=shown(german)
        )
        for page in (provider, patient):
            await joining.join(practice.calls, page, room_id)
            await practice.connect(page, room_id)
        await until(lambda: provider.recording_states()[-1:] == ["recording"])
        switched_on, given = await consents_of(practice, room_id)
        assert (switched_on.role, switched_on.text_confirmed) == ("provider", False)
        assert (given.language, given.text, given.text_confirmed) == ("de", german.text, True)
        assert (given.text_sha256, given.text_version) == (german.sha256, german.version)
        assert (given.address, given.user_agent) == ("192.0.2.7", "Test/1")
        [said] = [
            event
            for event in await practice.log(room_id)
            if event.actor_id == "patient" and event.action == "consent.given"
        ]
        assert said.detail == {
            "text_id": german.id,
            "text_version": german.version,
            "text_sha256": german.sha256,
            "language": "de",
            "text_confirmed": True,
        }


async def test_a_yes_to_an_old_text_in_the_call_is_none(tmp_path: Path) -> None:
    async with open_practice(tmp_path) as practice:
        room_id, provider, patient = await practice.running(recording=True, consent=False)
        for page in (provider, patient):
            await practice.connect(page, room_id)
        old = shown(SHIPPED.all[0], sha256="0" * 64)
        with pytest.raises(Conflict, match="consent_text_changed"):
            await consenting.decide(practice.calls, patient, room_id, given=True, shown=old)
        assert (await practice.join(patient, room_id)).recording_consent is False
        await practice.clock.advance(2)
        assert "recording" not in provider.recording_states()
        present = shown(SHIPPED.all[0])
        await consenting.decide(practice.calls, patient, room_id, given=True, shown=present)
        await practice.clock.advance(2)
        await until(lambda: provider.recording_states()[-1:] == ["recording"])


async def test_other_words_need_a_new_version_once_somebody_has_answered(tmp_path: Path) -> None:
    words = tmp_path / "words"
    words.mkdir()
    shipped = SHIPPED.all[0]
    changed = texts_of(folder_of(words, en=f"id: {shipped.id}\nversion: 1\n\nI agree to all."))
    renewed = texts_of(folder_of(words, en=f"id: {shipped.id}\nversion: 2\n\nI agree to all."))
    async with open_practice(tmp_path) as practice:
        await require_new_versions(practice.database, changed)
        await practice.ring(recording=True)
        with pytest.raises(ConfigError, match=r"en\.txt.*version 1 of recording.*new version"):
            await require_new_versions(practice.database, changed)
        await require_new_versions(practice.database, renewed)
        await require_new_versions(practice.database, SHIPPED)
