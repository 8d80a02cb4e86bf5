"""The domain templates: complete, really different, and strict about mistakes."""

from __future__ import annotations

import shutil
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

import pytest

from projects.catalog import DATA, DomainTemplate, domain, load_domains
from projects.phases import ORDER
from roles.catalog import load_roles_catalog

FILLED = ("recommender", "diagnosis", "customer-service")
BY_DEFAULT = {"cv", "nlp", "architect", "data", "ops", "pm", "ethics"}
ALIKE = 0.8  # two texts above this share of matching letters count as the same item


@pytest.fixture(scope="module")
def domains() -> tuple[DomainTemplate, ...]:
    return load_domains()


@pytest.fixture(scope="module")
def filled(domains) -> list[DomainTemplate]:
    return [one for one in domains if one.ready]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path / "data")
    return tmp_path / "data"


def roles_in(template: DomainTemplate, phase: str) -> set[str]:
    return {seat.role for seat in template.seats for slot in seat.slots if slot.phase == phase}


def alike(first: str, second: str) -> bool:
    return SequenceMatcher(None, first.casefold(), second.casefold()).ratio() > ALIKE


def test_five_domains_are_named_and_three_are_filled(domains, filled) -> None:
    assert [one.key for one in domains] == [*FILLED, "risk-control", "industrial-automation"]
    assert tuple(one.key for one in filled) == FILLED


def test_every_filled_domain_goes_through_the_seven_phases(filled) -> None:
    for template in filled:
        assert [phase.key for phase in template.phases] == [phase.value for phase in ORDER]
        assert all(6 <= len(phase.items) <= 9 for phase in template.phases)
        assert template.weeks == sum(phase.weeks for phase in template.phases) >= 20


def test_the_seven_default_disciplines_are_staffed(filled) -> None:
    for template in filled:
        assert {seat.role for seat in template.seats} >= BY_DEFAULT
        assert "ba" in roles_in(template, "requirements")
        assert "legal" in roles_in(template, "ethics")
        assert all("legal" not in roles_in(template, phase.value) for phase in ORDER[:-1])


def test_diagnosis_adds_a_sociologist(filled) -> None:
    with_sociologist = [
        template.key for template in filled if any(seat.role == "social" for seat in template.seats)
    ]
    assert with_sociologist == ["diagnosis"]


def test_an_item_is_done_by_a_role_that_sits_in_its_phase(filled) -> None:
    for template in filled:
        for item in template.items:
            assert item.role in roles_in(template, item.phase), item.key


def test_no_two_items_or_seats_of_a_domain_share_a_key(filled) -> None:
    items = [item.key for template in filled for item in template.items]
    assert len(set(items)) == len(items)
    for template in filled:
        seats = [seat.key for seat in template.seats]
        assert len(set(seats)) == len(seats)


def test_each_phase_has_mandatory_items_and_evidence(filled) -> None:
    for template in filled:
        for phase in template.phases:
            assert sum(item.mandatory for item in phase.items) >= 3, (template.key, phase.key)
            assert any(item.evidence == "link" for item in phase.items), (template.key, phase.key)


@pytest.mark.parametrize(("one", "other"), list(combinations(FILLED, 2)))
def test_the_items_of_two_domains_overlap_by_less_than_35_percent(one: str, other: str) -> None:
    mine = [item.text_en for item in domain(one).items]
    theirs = [item.text_en for item in domain(other).items]
    shared = sum(any(alike(text, their) for their in theirs) for text in mine)
    assert shared / min(len(mine), len(theirs)) < 0.35
    assert not {item.key for item in domain(one).items} & {item.key for item in domain(other).items}


def test_each_phase_of_a_domain_has_three_items_of_its_own(filled) -> None:
    for template in filled:
        others = {item.text_en for other in filled if other is not template for item in other.items}
        for phase in template.phases:
            assert sum(item.text_en not in others for item in phase.items) >= 3


def test_requirements_can_be_measured_and_differ_between_domains(filled) -> None:
    for template in filled:
        assert 4 <= len(template.requirements) <= 6
        assert all(one.needs and one.unit for one in template.requirements)
    metrics = [{one.metric_en for one in template.requirements} for template in filled]
    assert all(not first & second for first, second in combinations(metrics, 2))


def test_the_risk_of_diagnosis_is_high(filled) -> None:
    assert {one.key for one in filled if one.risk_class == "high"} == {"diagnosis"}


def test_texts_fit_their_columns_and_chinese_is_chinese(filled) -> None:
    for template in filled:
        pairs = [(item.text_en, item.text_zh) for item in template.items]
        pairs += [(one.goal_en, one.goal_zh) for one in template.requirements]
        pairs += [(one.label_en, one.label_zh) for one in template.seats]
        for english, chinese in pairs:
            assert len(english) <= 300
            assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese), english
            assert not any("\u4e00" <= letter <= "\u9fff" for letter in english), english


def test_needs_of_one_phase_raise_those_of_the_seat() -> None:
    text = next(seat for seat in domain("recommender").seats if seat.key == "text")
    levels = {slot.phase: {need.skill: need.level for need in slot.needs} for slot in text.slots}
    assert levels["research"]["deep-learning"] == 3
    assert levels["training"]["deep-learning"] == 4


def test_an_unknown_domain_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="weather"):
        domain("weather")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('key = "REC-11"', 'key = "REC-21"', "recommender.toml: REC-21: .*such as REC-11"),
        ('key = "REC-12"', 'key = "REC-11"', "recommender.toml: REC-11: this key comes twice"),
        ('role = "ba"\nevidence', 'role = "boss"\nevidence', "REC-11: role “boss”"),
        ('evidence = "link"', 'evidence = "oath"', "REC-11: evidence “oath”"),
        ("text_zh", "text_fr", "REC-11: text_zh is missing"),
        ('key = "research"', 'key = "resarch"', "recommender.toml: resarch: key “resarch”"),
        ("recommender-systems = 3", "clairvoyance = 3", "click-through: needs “clairvoyance”"),
        ("requirements = 30", "requirements = 130", "ranking: fte.requirements must be a whole"),
        ('direction = "at_least"', 'direction = "up"', "click-through: direction “up”"),
        ('risk_class = "limited"', 'risk_class = "none"', "recommender: risk_class “none”"),
        ('key = "recommender"', 'key = "adviser"', "like the name of the file"),
        ("weeks = 3", "weeks = 0", "requirements: weeks must be a whole number"),
    ],
)
def test_a_mistake_is_named_with_file_and_key(folder: Path, old: str, new: str, words: str) -> None:
    path = folder / "domains" / "recommender.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        load_domains(folder)


def test_a_file_that_the_order_forgets_is_named(folder: Path) -> None:
    shutil.copy(folder / "domains" / "risk-control.toml", folder / "domains" / "weather.toml")
    with pytest.raises(ValueError, match=r"domains.toml: .*weather"):
        load_domains(folder)


def test_two_domains_may_not_share_a_prefix(folder: Path) -> None:
    path = folder / "domains" / "diagnosis.toml"
    text = path.read_text(encoding="utf-8").replace("DIA", "REC")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="share an item_prefix"):
        load_domains(folder, load_roles_catalog())
