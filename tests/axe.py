"""Faults of accessibility that axe finds in a page."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

SOURCE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}
# Rows of a table are drawn by one loop: the first 25 stand for all.
_REST = "tbody > tr:nth-child(n + 26)"
_RUN = """async ([rest, rules]) => {
  const only = rules.length ? {runOnly: {type: "rule", values: rules}} : {};
  const what = {include: [["html"]], exclude: [[rest]]};
  const found = await axe.run(what, {resultTypes: ["violations"], ...only});
  const why = (node) => node.any.concat(node.all).map((check) => check.message).join("; ");
  const place = (node) => `${node.html.slice(0, 160)} [${why(node).slice(0, 200)}]`;
  return found.violations.map((one) => ({
    id: one.id, impact: one.impact, help: one.help, nodes: one.nodes.slice(0, 4).map(place),
  }));
}"""


@cache
def _source() -> str:
    return SOURCE.read_text()


def grave_faults(page: Page, *rules: str) -> list[str]:
    """Serious and critical faults of the page as it stands, each with its first places.

    By some rules, or by all; of long tables the first rows are looked at.
    """
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(_source())
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {' | '.join(one['nodes'])}"
        for one in page.evaluate(_RUN, [_REST, list(rules)])
        if one["impact"] in GRAVE
    ]
