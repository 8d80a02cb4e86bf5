"""The files of accelerators and default workloads: complete, different, sourced."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from capacity import catalog
from projects.catalog import load_domains

DOMAINS = [one.key for one in load_domains()]


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_domain_trains_computes_and_serves(domain: str) -> None:
    kinds = {one.kind for one in catalog.workloads_of(domain)}

    assert {"finetuning", "batch_inference", "online_inference"} <= kinds


def test_no_workload_belongs_to_a_domain_that_is_not_there() -> None:
    assert {one.domain for one in catalog.workload_templates()} == set(DOMAINS)


@pytest.mark.parametrize(("one", "other"), list(combinations(DOMAINS, 2)))
def test_two_domains_share_neither_names_nor_notes(one: str, other: str) -> None:
    def words(domain: str) -> set[str]:
        found = catalog.workloads_of(domain)
        return {text for each in found for text in (each.name_en, each.note_en, each.note_zh)}

    assert words(one) & words(other) == set()


@pytest.mark.parametrize("domain", DOMAINS)
def test_something_must_be_served_and_something_is_optional(domain: str) -> None:
    assert {one.must_serve for one in catalog.workloads_of(domain)} == {True, False}


def test_figures_of_models_name_their_source() -> None:
    by_model = [one for one in catalog.workload_templates() if one.by_model]

    assert len(by_model) >= 3
    assert all("MODEL_CARD" in one.source for one in by_model)


def test_there_are_gpus_tpus_and_cpus_and_each_names_its_source() -> None:
    types = catalog.accelerators()

    assert {one.kind for one in types} == set(catalog.KINDS)
    assert [one.key for one in types if not one.source] == []


GOOD = """
[[workloads]]
domain = "diagnosis"
key = "one"
kind = "pretraining"
phase = "training"
name_en = "One"
name_zh = "一"
note_en = "A note"
note_zh = "备注"
devices = 8
weeks = 2
"""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('kind = "pretraining"', 'kind = "training"', "kind"),
        ('phase = "training"', 'phase = "lunch"', "phase"),
        ('name_zh = "一"\n', "", "name_zh"),
        ("weeks = 2\n", "", "weeks"),
        ("devices = 8\n", "", "devices"),
        ("weeks = 2\n", "weeks = 2\nparams_b = 7\n", "params_b needs"),
        ("weeks = 2\n", "weeks = 2\ngang_size = 3\n", "gang_size"),
        ("weeks = 2\n", 'weeks = 2\non = ["abacus"]\n', "abacus"),
        ("weeks = 2\n", "weeks = 2\ncolour = 1\n", "colour"),
        ("weeks = 2\n", "weeks = 2\n" + GOOD, "twice"),
    ],
)
def test_a_mistake_is_named_with_its_row(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    path = tmp_path / "workloads.toml"
    path.write_text(GOOD.replace(old, new, 1))

    with pytest.raises(ValueError, match=complaint) as refusal:
        catalog.workload_templates(path)
    assert "workloads.toml: " in str(refusal.value)


def test_the_good_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "workloads.toml"
    path.write_text(GOOD)

    (one,) = catalog.workload_templates(path)
    assert (one.devices, one.gang_size, one.must_serve, one.by_model) == (8, 1, False, False)
