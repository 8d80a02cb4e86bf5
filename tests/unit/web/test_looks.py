"""Tags, load states, charts and the icons that templates name."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django import forms
from django.template import engines

from teamhub.web.charts import Chart, Series
from teamhub.web.loads import load_state
from teamhub.web.templatetags import teamhub_tags as tags

ROOT = Path(__file__).parents[3]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SPRITE = (ROOT / "static" / tags.SPRITE).read_text()
STYLE = "".join(path.read_text() for path in (ROOT / "static" / "css").glob("*.css"))


@pytest.mark.parametrize(
    ("assigned", "available", "state"),
    [
        (0, 100, "free"),
        (79, 100, "partly"),
        (80, 100, "full"),
        (100, 100, "full"),
        (101, 100, "over"),
        (0, 0, "absent"),
        (10, 0, "over"),
        (50, 40, "over"),
    ],
)
def test_the_state_of_a_week(assigned: int, available: int, state: str) -> None:
    assert load_state(assigned, available) == state


def test_points_carry_their_sign() -> None:
    assert [tags.signed(n) for n in (2800, 0, -7400)] == ["+2,800", "0", "−7,400"]


def test_a_figure_has_as_many_decimals_as_its_size_asks_for() -> None:
    values = [None, 1234567, 1088800.0, 2047.46, 123.456, 7.891, 0.12345, -0.5]
    assert [tags.figure(value) for value in values] == [
        "–",
        "1,234,567",
        "1,088,800",
        "2,047",
        "123.5",
        "7.89",
        "0.1235",
        "-0.5000",
    ]


def test_numbers_are_written_for_people() -> None:
    assert [tags.percent(0.374), tags.percent(None), tags.fte(5), tags.width(1.4)] == [
        "37%",
        "–",
        "0.05",
        "th-w-100",
    ]
    assert [tags.duration(8), tags.duration(200), tags.duration(7500)] == [
        "8 s",
        "3 min 20 s",
        "2 h 5 min",
    ]
    assert tags.year_week(dt.date(2027, 1, 1)) == "2026-W53"
    assert [tags.initials("Wei Zhang"), tags.initials("张伟"), tags.initials("")] == [
        "WZ",
        "张伟",
        "?",
    ]


def test_every_width_has_its_class() -> None:
    assert [n for n in range(101) if f".th-w-{n} " not in STYLE] == []


def test_every_icon_of_the_templates_is_in_the_sprite() -> None:
    named = {
        (path.name, name)
        for path in TEMPLATES
        for name in re.findall(r"""(?:{% icon |icon_name=)["']([a-z0-9-]+)["']""", path.read_text())
    }

    assert named
    assert {pair for pair in named if f'id="{pair[1]}"' not in SPRITE} == set()


def test_no_template_has_inline_style_script_or_handler() -> None:
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", re.I)

    html = {path.name: re.sub(r"{[%{].*?[%}]}", "", path.read_text()) for path in TEMPLATES}
    assert [name for name, text in html.items() if inline.search(text)] == []


def test_no_comment_of_a_template_is_printed() -> None:
    """{# #} ends with its line: a longer one would show on the page."""
    open_ones = re.compile(r"\{#(?:(?!#\}).)*$", re.MULTILINE)

    assert [path.name for path in TEMPLATES if open_ones.search(path.read_text())] == []


def test_scripts_are_short_and_styles_name_no_foreign_host() -> None:
    scripts = list((ROOT / "static/js").glob("*.js"))

    assert scripts
    assert [path.name for path in scripts if len(path.read_text().splitlines()) > 150] == []
    assert re.findall(r"url\(|@import|https?:", STYLE) == []


class Sample(forms.Form):
    name = forms.CharField(help_text="As people say it.")
    agreed = forms.BooleanField()


def test_a_field_is_tied_to_its_help_and_its_errors() -> None:
    form = Sample({"name": ""})
    html = engines["django"].from_string('{% include "components/_form.html" %}')
    page = html.render({"form": form})

    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert 'id="id_name_error"' in page
    assert 'class="form-control is-invalid"' in page
    assert 'class="form-check-input is-invalid"' in page


def test_a_chart_prints_the_numbers_that_it_draws() -> None:
    chart = Chart("supply", "Supply", "Week", ["W1", "W2"], [Series("GPU", [1, None])], "h")
    template = engines["django"].from_string('{% include "components/_chart.html" %}')
    page = template.render({"chart": chart})

    assert 'id="supply-data"' in page
    assert re.search(r"W2</th>\s*<td[^>]*>–</td>", page)


def test_a_chart_refuses_a_series_of_another_length() -> None:
    with pytest.raises(ValueError, match="1 values for 2 places"):
        Chart("supply", "Supply", "Week", ["W1", "W2"], [Series("GPU", [1])])


def test_a_chart_refuses_positions_of_another_number() -> None:
    with pytest.raises(ValueError, match="1 positions for 2 places"):
        Chart("curve", "Curve", "Seconds", ["1", "2"], [Series("Value", [1, 2])], at=[1.0])
