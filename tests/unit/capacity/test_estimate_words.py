"""What the estimator says has words in every language, and says them with its figures."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from capacity import words
from capacity.kernel import demand
from capacity.kernel.demand import Device, InvalidDemand, Model

KERNEL = Path(demand.__file__).parent
A100 = Device("a100", 312.0, 80.0, 2039.0)


def calls(name: str) -> Iterator[ast.Call]:
    for module in ("demand.py", "model_size.py"):
        for node in ast.walk(ast.parse((KERNEL / module).read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                yield node


def said(node: ast.expr) -> set[str]:
    """The texts that an argument may be: itself, the module's constant, or a local's values."""
    if isinstance(node, ast.Constant):
        return {str(node.value)}
    assert isinstance(node, ast.Name), ast.dump(node)
    if isinstance(text := getattr(demand, node.id, None), str):
        return {text}
    found = set()
    for each in ast.walk(ast.parse((KERNEL / "demand.py").read_text())):
        if isinstance(each, ast.Assign) and getattr(each.targets[0], "id", "") == node.id:
            parts = ast.walk(each.value)
            found |= {str(part.value) for part in parts if isinstance(part, ast.Constant)}
    return found


def test_every_figure_and_source_of_an_estimate_has_words() -> None:
    assumed = [call.args for call in calls("Assumption")]

    assert {text for args in assumed for text in said(args[0])} == set(words.FIGURES)
    assert {text for args in assumed for text in said(args[2])} == set(words.SOURCES)


def test_every_refusal_of_the_estimator_has_words() -> None:
    refusals = {text for call in calls("InvalidDemand") for text in said(call.args[1])}

    assert refusals == set(words.REFUSALS)


def test_an_estimate_is_explained_in_the_language_of_the_reader() -> None:
    found = demand.train(Model(7.0), 1000.0, A100)
    sources = [{"name": a.name, "value": a.value, "source": a.source} for a in found.assumptions]

    with translation.override("zh-hans"):
        told = [(str(one["label"]), one["source"]) for one in words.explained(sources)]
    assert told[0] == (
        "整个训练的有效算力占峰值的比例",
        "28 次已发布训练的中位数（A100、H100 和 H800）",
    )
    assert words.explained([{"name": "new", "value": 1, "source": "x"}])[0]["label"] == "new"


def test_a_refusal_is_told_with_its_figures() -> None:
    with pytest.raises(InvalidDemand) as caught:
        demand.train(Model(405.0), 1000.0, A100, gang=8)

    assert "8 devices do not hold the model" in words.refusal(caught.value)
    with translation.override("zh-hans"):
        assert words.refusal(caught.value).startswith("8 个设备装不下该模型")
