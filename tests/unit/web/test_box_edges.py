"""An empty box to tick is found by its border alone: 3:1 against what lies behind it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
CSS = (ROOT / "static/css/teamhub.css").read_text()
WANTED = 3.0


def _light(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_border_of_a_box_stands_out_in_light_and_dark() -> None:
    rule = re.search(
        r"\.form-check-input:not\(:checked\)[^{]*\{ border: 1px solid var\((.*?)\)", CSS
    )
    assert rule is not None
    edges = re.findall(rf"{rule[1]}: (#\w{{6}});", CSS)
    assert len(edges) >= 2  # light and dark
    for ground in ("--th-bg", "--th-surface"):
        for edge, behind in zip(edges, re.findall(rf"{ground}: (#\w{{6}});", CSS), strict=True):
            dark, light = sorted((_light(edge), _light(behind)))
            assert (light + 0.05) / (dark + 0.05) >= WANTED, (edge, behind)


def test_the_box_of_a_person_stands_beside_name_and_key() -> None:
    template = (ROOT / "templates/roles/_person_list.html").read_text()
    cell = re.search(r'<th scope="row">.*?</th>', template)
    assert cell is not None
    assert '<span class="th-boxed"><input' in cell[0]
    assert re.search(r"\.th-boxed \{ display: flex", CSS)
