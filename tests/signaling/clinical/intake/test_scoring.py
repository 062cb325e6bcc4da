"""What answers amount to, at the border of every published band, and what has no score."""

from collections.abc import Mapping

import pytest

from signaling import shipped
from signaling.clinical.intake import scoring
from signaling.clinical.intake.instruments import (
    Instrument,
    Item,
    catalogue,
    counted,
    named,
    recognized,
)
from signaling.clinical.intake.scoring import Answer, Fault, Scored, Value

NEARLY = "Nearly every day"
HARDEST = "Extremely difficult"
INSTRUMENTS = ["ASRS", "AUDIT", "C-SSRS", "DAST-10", "GAD-7", "ISI", "MDQ", "PCL-5", "PHQ-9"]


def instrument(name: str) -> Instrument:
    found = named(name)
    assert found is not None
    return found


def score(name: str, answers: Mapping[str, Value]) -> Scored:
    return scoring.score(instrument(name), [Answer(item, value) for item, value in answers.items()])


def each(name: str, value: Value) -> dict[str, Value]:
    return {item.id: value for item in instrument(name).items}


def adding_up(of: Instrument, total: int) -> dict[str, Value]:
    """Answers of which the score is this: as much as there can be, from the first item on."""
    answers: dict[str, Value] = {}
    for item in (one for one in of.items if one.id in of.sum):
        answers[item.id], total = _at_most(of, item, total)
    assert total == 0
    return answers


def _at_most(of: Instrument, item: Item, total: int) -> tuple[int, int]:
    fits = [value for value in of.values_of(item) if counted(of, item, value) <= total]
    most = max(fits, key=lambda value: counted(of, item, value))
    return most, total - counted(of, item, most)


def test_every_instrument_has_its_source_and_only_items_that_there_are() -> None:
    assert sorted(catalogue()) == INSTRUMENTS
    assert len(list(shipped.instruments_path().glob("*.toml"))) == len(INSTRUMENTS)
    for one in catalogue().values():
        ids = [item.id for item in one.items]
        rules = [rule for level in one.levels for rule in level.all]
        rules += [rule for finding in one.findings for rule in finding.all]
        skips = [name for skip in one.skips for name in (*skip.zero, *skip.skipped)]
        used = {*one.sum, *skips, *(name for rule in rules for name in rule.items)}
        assert one.sources
        assert len(ids) == len(set(ids))
        assert used <= set(ids), one.name
        assert bool(one.bands) != bool(one.levels), one.name
        assert not one.bands or one.bands[-1].up_to == one.highest, one.name


@pytest.mark.parametrize(
    ("name", "item", "words"),
    [
        ("PHQ-9", "9", ["Not at all", "Several days", "More than half the days", NEARLY]),
        ("PHQ-9", "10", ["Not difficult at all", "Somewhat difficult", "Very difficult", HARDEST]),
        ("C-SSRS", "6b", ["No", "Yes"]),
        ("MDQ", "3", []),
        ("ISI", "1", []),
    ],
)
def test_values_have_their_own_words_and_no_others(name: str, item: str, words: list[str]) -> None:
    of = catalogue()[name]
    asked = of.item(item)
    assert asked is not None
    assert list(of.words_of(asked).values()) == words


def test_every_value_that_has_words_has_one_of_them() -> None:
    said = [one.words_of(item) for one in catalogue().values() for item in one.items]
    assert sum(map(bool, said)) > 50


@pytest.mark.parametrize(
    ("name", "total", "band", "severity"),
    [
        *[("PHQ-9", at, "minimal", "none") for at in (0, 4)],
        *[("PHQ-9", at, "mild", "low") for at in (5, 9)],
        *[("PHQ-9", at, "moderate", "moderate") for at in (10, 14)],
        *[("PHQ-9", at, "moderately_severe", "high") for at in (15, 19)],
        *[("PHQ-9", at, "severe", "high") for at in (20, 27)],
        *[("GAD-7", at, "minimal", "none") for at in (0, 4)],
        *[("GAD-7", at, "mild", "low") for at in (5, 9)],
        *[("GAD-7", at, "moderate", "moderate") for at in (10, 14)],
        *[("GAD-7", at, "severe", "high") for at in (15, 21)],
        *[("PCL-5", at, "below_cut_off", "none") for at in (0, 30)],
        *[("PCL-5", at, "within_cut_offs", "moderate") for at in (31, 33)],
        *[("PCL-5", at, "above_cut_offs", "high") for at in (34, 80)],
        *[("AUDIT", at, "zone_1", "none") for at in (0, 7)],
        *[("AUDIT", at, "zone_2", "low") for at in (8, 15)],
        *[("AUDIT", at, "zone_3", "moderate") for at in (16, 19)],
        *[("AUDIT", at, "zone_4", "high") for at in (20, 40)],
        ("DAST-10", 0, "no_problems", "none"),
        *[("DAST-10", at, "low_level", "low") for at in (1, 2)],
        *[("DAST-10", at, "moderate_level", "moderate") for at in (3, 5)],
        *[("DAST-10", at, "substantial_level", "high") for at in (6, 8)],
        *[("DAST-10", at, "severe_level", "high") for at in (9, 10)],
        *[("ISI", at, "no_insomnia", "none") for at in (0, 7)],
        *[("ISI", at, "subthreshold", "low") for at in (8, 14)],
        *[("ISI", at, "moderate", "moderate") for at in (15, 21)],
        *[("ISI", at, "severe", "high") for at in (22, 28)],
        *[("ASRS", at, "negative", "none") for at in (0, 3)],
        *[("ASRS", at, "positive", "moderate") for at in (4, 6)],
    ],
)
def test_each_band_is_from_its_lowest_score_to_its_highest(
    name: str, total: int, band: str, severity: str
) -> None:
    found = score(name, adding_up(instrument(name), total))
    assert (found.total, found.band, found.severity) == (total, band, severity)
    assert not found.faults


def test_item_3_of_dast_10_counts_if_the_answer_is_no() -> None:
    assert score("DAST-10", each("DAST-10", 0)).total == 1
    assert score("DAST-10", each("DAST-10", 1)).total == 9
    assert score("DAST-10", {**each("DAST-10", False), "3": True}).total == 0


def test_the_shaded_boxes_of_asrs_begin_at_sometimes_for_three_items_and_at_often_for_three() -> (
    None
):
    sometimes = {str(item): 2 for item in range(1, 7)}
    often = {str(item): 3 for item in range(1, 7)}
    assert score("ASRS", sometimes).total == 3
    assert score("ASRS", often).total == 6
    assert score("ASRS", {**sometimes, "4": 3}).band == "positive"
    assert score("ASRS", {**each("ASRS", 4), "1": 1}).total == 5, "part B counts nothing"


def test_whoever_never_drinks_is_asked_no_more_than_audit_asks() -> None:
    assert score("AUDIT", {"1": 0, "9": 0, "10": 0}).total == 0
    assert score("AUDIT", {"1": 0, "9": 2, "10": 4}).total == 6
    assert score("AUDIT", {"1": 3, "2": 0, "3": 0, "9": 0, "10": 0}).total == 3
    assert score("AUDIT", {"1": 0, "2": 1, "9": 0, "10": 0}).total == 1, "what is answered counts"
    drinking = score("AUDIT", {"1": 3, "2": 1, "3": 0, "9": 0, "10": 0})
    assert drinking.total is None
    assert [fault.item for fault in drinking.faults] == ["4", "5", "6", "7", "8"]
    assert score("AUDIT", {**each("AUDIT", 0), "9": 1}).faults == (Fault("9", "not_possible"),)


def mdq(yes: int, together: int | None, problem: int | None) -> Scored:
    answers: dict[str, Value] = {f"1.{at}": int(at <= yes) for at in range(1, 14)}
    more = {"2": together, "3": problem}
    return score("MDQ", {**answers, **{at: to for at, to in more.items() if to is not None}})


def test_mdq_screens_positive_with_seven_at_the_same_time_and_a_moderate_problem() -> None:
    assert (mdq(7, 1, 2).total, mdq(7, 1, 2).band) == (7, "positive")
    assert mdq(13, 1, 3).band == "positive"
    assert mdq(6, 1, 3).band == "negative"
    assert mdq(7, 0, 3).band == "negative"
    assert mdq(7, 1, 1).band == "negative"


def test_mdq_needs_its_last_two_items_only_where_they_decide() -> None:
    assert mdq(1, None, None).band == "negative"
    assert mdq(7, 0, None).band == "negative"
    open_ = mdq(7, None, 2)
    assert (open_.total, open_.band, open_.faults) == (None, None, (Fault("2", "missing"),))


def clusters(**symptoms: int) -> bool:
    answers = {**each("PCL-5", 0), **{name.removeprefix("i"): to for name, to in symptoms.items()}}
    return bool(score("PCL-5", answers).findings)


def test_pcl_5_tells_symptoms_of_each_cluster() -> None:
    assert clusters(i1=2, i6=2, i8=2, i9=2, i15=2, i16=2)
    assert clusters(i5=4, i7=4, i13=4, i14=4, i19=4, i20=4)
    assert not clusters(i1=1, i6=2, i8=2, i9=2, i15=2, i16=2)
    assert not clusters(i1=2, i6=2, i8=2, i15=2, i16=2, i17=2)
    assert not clusters(i1=2, i6=2, i8=2, i9=2, i15=2)


def cssrs(*yes: str, without: tuple[str, ...] = ()) -> Scored:
    answers = {name: int(name in yes) for name in ("1", "2", "3", "4", "5", "6a", "6b")}
    return score("C-SSRS", {name: to for name, to in answers.items() if name not in without})


@pytest.mark.parametrize(
    ("yes", "band", "severity"),
    [
        ((), "no_risk_reported", "none"),
        (("1",), "low_risk", "low"),
        (("1", "2"), "low_risk", "low"),
        (("1", "2", "3"), "moderate_risk", "moderate"),
        (("6a",), "moderate_risk", "moderate"),
        (("2", "4"), "high_risk", "high"),
        (("2", "5"), "high_risk", "high"),
        (("6a", "6b"), "high_risk", "high"),
    ],
)
def test_c_ssrs_tells_the_level_of_its_triage(
    yes: tuple[str, ...], band: str, severity: str
) -> None:
    found = cssrs(*yes)
    assert (found.total, found.band, found.severity) == (None, band, severity)
    assert found.flagged == yes


def test_c_ssrs_asks_for_details_only_of_whoever_said_yes() -> None:
    assert cssrs(without=("3", "4", "5", "6b")).band == "no_risk_reported"
    open_ = cssrs("1", "2", without=("4",))
    assert (open_.band, open_.faults) == (None, (Fault("4", "missing"),))
    assert open_.flagged == ("1", "2")
    assert cssrs("2", "5", without=("1", "4")).band == "high_risk", "nothing missing could lower it"


def test_item_9_of_phq_9_is_flagged_whatever_the_score_is() -> None:
    assert score("PHQ-9", each("PHQ-9", 0)).flagged == ()
    assert score("PHQ-9", {**each("PHQ-9", 0), "9": 1}).flagged == ("9",)
    assert score("PHQ-9", {"9": 3}).flagged == ("9",), "with nothing else answered"
    assert score("PHQ-9", {"9": "often"}).flagged == ("9",), "what cannot be read may be a yes"


def test_what_is_missing_impossible_or_given_twice_is_named_and_not_scored() -> None:
    answers = each("PHQ-9", 1)
    del answers["4"]
    missing = score("PHQ-9", answers)
    assert (missing.total, missing.band) == (None, None)
    assert missing.faults == (Fault("4", "missing"),)
    for absurd in (4, -1, 99, 1.5, "a lot", True, 1e300, 10**400, float("inf"), "٣"):
        found = score("PHQ-9", {**each("PHQ-9", 1), "2": absurd})
        assert (found.total, found.faults) == (None, (Fault("2", "not_possible"),)), absurd
    twice = [Answer(item, 1) for item in each("PHQ-9", 1)] + [Answer("44250-9", 1)]
    assert scoring.score(instrument("PHQ-9"), twice).faults == (Fault("1", "repeated"),)
    assert [fault.reason for fault in score("PHQ-9", {}).faults] == ["missing"] * 9


def test_an_item_without_which_there_is_a_score_may_be_missing_but_not_absurd() -> None:
    answers = each("PHQ-9", 1)
    assert score("PHQ-9", answers).total == 9
    assert score("PHQ-9", {**answers, "10": 7}).faults == (Fault("10", "not_possible"),)
    assert score("PHQ-9", {**answers, "10": 7}).total == 9
    assert score("PHQ-9", {**answers, "44261-6": 27}).total == 9, "a sum of the platform's own"


def test_answers_are_known_by_the_codes_of_loinc() -> None:
    codes = [item.loinc or "" for item in instrument("PHQ-9").items if not item.optional]
    assert score("PHQ-9", {f"/{code}": "LA6570-1" for code in codes}).total == 18
    assert score("PHQ-9", {f"q{at}": "3" for at in range(1, 10)}).total == 27
    found = recognized([f"/{code}" for code in codes])
    assert found is instrument("PHQ-9")
    assert recognized([*codes[:2]]) is None, "those are PHQ-2"


@pytest.mark.parametrize(("name", "item"), [("PHQ-9", "10"), ("GAD-7", "8")])
def test_how_difficult_it_was_has_answers_of_its_own(name: str, item: str) -> None:
    of = instrument(name)
    difficulty = of.item("69722-7")
    assert difficulty is not None
    assert difficulty.id == item
    codes = ["LA6572-7", "LA6573-5", "LA6575-0", "LA6574-3"]
    assert [scoring.whole(of, difficulty, code) for code in codes] == [0, 1, 2, 3]
    for other in ("LA6568-5", "LA6571-9"):
        assert Fault(item, "not_possible") in score(name, {item: other}).faults


def test_a_yes_is_no_answer_to_how_much_of_a_problem_it_was() -> None:
    answers = {**each("MDQ", 1), "2": "LA33-6"}
    assert score("MDQ", {**answers, "3": 2}).band == "positive"
    for yes in ("LA33-6", True):
        found = score("MDQ", {**answers, "3": yes})
        assert (found.band, found.faults) == (None, (Fault("3", "not_possible"),))


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("phq9", "PHQ-9"),
        ("Patient Health Questionnaire-9", "PHQ-9"),
        ("http://loinc.org/q/44249-1", "PHQ-9"),
        ("https://platform.example/fhir/Questionnaire/gad-7|2.0", "GAD-7"),
        ("ASRS-v1.1", "ASRS"),
        ("C-SSRS Screener", "C-SSRS"),
        ("http://loinc.org/q/93373-9", "C-SSRS"),
    ],
)
def test_an_instrument_is_known_by_its_names(asked: str, name: str) -> None:
    assert instrument(asked).name == name


@pytest.mark.parametrize("asked", ["AUDIT-C", "PHQ-2", "PHQ-9-A", "DAST-20", "", "/", "|", "EPDS"])
def test_one_that_is_like_it_is_another_one(asked: str) -> None:
    assert named(asked) is None
