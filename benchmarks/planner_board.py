"""How quickly the planner's board answers a hand: interaction to next paint, in Chromium.

    python -m benchmarks.planner_board [--people 200] [--weeks 52] [--rounds 10] [--seed 1]

Starts the product as `make run` does on a folder and a port of its own, imports a company of so
many people with a plan over so many weeks, opens the planner in Chromium as its administrator and
walks with arrow keys, opens menus, changes the zoom, scrolls and drags bars. Each key, click and
drag is one interaction; its time is the browser's own (Event Timing: from the event to the next
paint, in steps of 8 ms). What the browser does not report took less than 16 ms and counts as 16.
The last line is one JSON object. Needs Chromium (CHROMIUM names its path).
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import shutil
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.running import USER, Client, ProductError, product
from projects.phases import ORDER

UNREPORTED_MS = 16.0  # the least duration that the browser reports
SEATS, PHASES = 8, 4
WIDE = {"width": 1400, "height": 900}
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Times of interactions by their id, and when the first figures stood on the board.
WATCH = """
window.seen = new Map();
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) {
    if (!one.interactionId) continue;
    const before = window.seen.get(one.interactionId)?.ms ?? 0;
    const ms = Math.max(before, one.duration);
    window.seen.set(one.interactionId, { ms, what: window.doing });
  }
}).observe({ type: "event", durationThreshold: 16, buffered: true });
new MutationObserver((_list, watcher) => {
  if (!document.querySelector(".th-board-cell")) return;
  watcher.disconnect();
  requestAnimationFrame(() => setTimeout(() => (window.firstRows = performance.now())));
}).observe(document, { childList: true, subtree: true });
"""
# The middle of the first end of a bar that is in sight, asked for at once: rows are drawn anew.
GRIP = """() => {
  const box = document.getElementById("planner-board").getBoundingClientRect();
  for (const grip of document.querySelectorAll(".th-bar-movable .th-grip-end")) {
    const { left, top, right, bottom } = grip.getBoundingClientRect();
    const inside = left > box.left + 280 && right < box.right && bottom < box.bottom;
    if (inside) return [left + 2, (top + bottom) / 2];
  }
  return null;
}"""
SCROLL = """async (steps) => {
  const box = document.getElementById("planner-board");
  const frames = [];
  for (let step = 0; step < steps; step += 1) {
    const begun = performance.now();
    box.scrollTop += 700;
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    frames.push(performance.now() - begun);
  }
  return frames;
}"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planner_board")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    chromium = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        print("no Chromium on this machine: install it, or set CHROMIUM", file=sys.stderr)
        return 2
    if given.people < SEATS * 2 or not PHASES <= given.weeks <= 104:
        print(f"at least {SEATS * 2} people and {PHASES} to 104 weeks", file=sys.stderr)
        return 2
    line: dict[str, Any] = {"schema": 1, "people": given.people, "weeks": given.weeks}
    try:
        with product() as client:
            line |= {"assignments": _company(client, given.people, given.weeks, given.seed)}
            line |= {"server_rows_ms": _server(client, given.weeks)}
            line |= _browse(client, chromium, given.rounds)
    except ProductError as error:
        print(error, file=sys.stderr)
        return 1
    for name, value in line.items():
        print(f"{name:16} {value}")
    print(json.dumps(line))
    return 0


# --- the company ----------------------------------------------------------------------------------


def _company(client: Client, n_people: int, n_weeks: int, seed: int) -> int:
    """Import people and a plan in which most hold two pieces of work a week."""
    dice = random.Random(seed)
    today = datetime.now(UTC).date()
    start = today - timedelta(days=today.weekday())
    cuts = [start + timedelta(weeks=n_weeks * part // PHASES) for part in range(PHASES + 1)]
    projects = [f"j{index}" for index in range(max(2, n_people // 5))]
    people = [f"p{index}" for index in range(n_people)]
    phases, seats, held = [], [], []
    for project in projects:
        for part in range(PHASES):
            span: list[Any] = [cuts[part], cuts[part + 1]]
            phases.append([project, ORDER[part].value, *span])
            for seat, person in enumerate(dice.sample(people, SEATS)):
                place = [project, "data", f"seat {seat}", ORDER[part].value]
                share = dice.choice([0.05, 0.1])  # so that a change breaks no rule
                seats.append([*place, *span, share, ""])
                if dice.random() < 0.9:
                    held.append([*place, person, *_part(dice, *span), share])
    for app, kind, columns, rows in _files(people, projects, start, phases, seats, held):
        answer = client.upload(
            f"/api/v1/{app}/import/",
            {"kind": kind, "create_missing": "1"},
            f"{kind}.csv",
            _table(columns, rows),
        )
        if answer["errors"]:
            raise ProductError(f"{kind}: {answer['errors'][:3]}")
    return len(held)


def _part(dice: random.Random, start: date, end: date) -> tuple[date, date]:
    """The whole slot, or most of it."""
    n_weeks = (end - start).days // 7
    return start + timedelta(weeks=dice.randint(0, max(0, n_weeks // 3))), end


def _files(
    people: list[str],
    projects: list[str],
    start: date,
    phases: list[list[Any]],
    seats: list[list[Any]],
    held: list[list[Any]],
) -> list[tuple[str, str, str, list[list[Any]]]]:
    persons = [
        [key, f"Person {key[1:]:0>3}", "all", "site", "Etc/GMT", 40, 1000, 20] for key in people
    ]
    work = [
        [key, f"Project {key[1:]:0>2}", "all", "site", USER, 3, "active", start] for key in projects
    ]
    return [
        ("roles", "departments", "key,name,leads", [["all", "Everybody", USER]]),
        (
            "roles",
            "people",
            "key,name,department,site,time_zone,weekly_hours,rate_per_fte_week,"
            "max_concurrent_projects",
            persons,
        ),
        ("projects", "projects", "key,name,department,site,lead,priority,status,start_on", work),
        ("projects", "phases", "project,phase,start_on,end_on", phases),
        ("projects", "seats", "project,role,label,phase,start_on,end_on,fte_share,skills", seats),
        (
            "projects",
            "assignments",
            "project,role,label,phase,person,start_on,end_on,fte_share",
            held,
        ),
    ]


def _table(columns: str, rows: list[list[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([columns.split(","), *rows])
    return out.getvalue()


def _server(client: Client, n_weeks: int) -> float:
    """Median milliseconds of the answer with all rows, as a program asks for it."""
    took = []
    for _ in range(5):
        began = time.monotonic()
        client.call("GET", f"/api/v1/projects/board/?names=1&limit=200&weeks={n_weeks}")
        took.append(1000 * (time.monotonic() - began))
    return round(statistics.median(took), 1)


# --- the browser ----------------------------------------------------------------------------------


def _browse(client: Client, chromium: str, rounds: int) -> dict[str, Any]:
    arguments = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_context(viewport=WIDE).new_page()  # type: ignore[arg-type]
        page.goto(f"{client.url}/accounts/login/?next=/my-work/")
        page.fill("input[name=username]", USER)
        page.fill("input[name=password]", client.password)
        page.click("form:has(input[name=password]) [type=submit]")
        page.wait_for_load_state()
        page.add_init_script(WATCH)
        page.goto(f"{client.url}/planner/?view=people")
        page.wait_for_selector(".th-bar-movable")
        page.wait_for_timeout(1000)
        rows = page.locator(".th-board-row").count()
        driven = _hands(page, rounds)
        frames = page.evaluate(SCROLL, 20)
        page.wait_for_timeout(500)
        seen = page.evaluate("[...window.seen.values()]")
        first = page.evaluate("window.firstRows")
        browser.close()
    return _figures(driven, seen, frames) | {
        "rows_rendered": rows,
        "first_rows_ms": round(first, 1),
    }


def _hands(page: Page, rounds: int) -> dict[str, int]:
    """Do what people do; returns how often each was done."""
    driven = dict.fromkeys(("keys", "menus", "zoom", "drag"), 0)

    def doing(what: str) -> None:
        driven[what] += 1
        page.evaluate("(what) => { window.doing = what; }", what)

    page.locator("[data-item^=cell-]").first.focus()
    for _ in range(rounds):
        for key in ("ArrowRight", "ArrowDown", "ArrowDown", "PageDown", "ArrowLeft", "PageUp"):
            doing("keys")
            page.keyboard.press(key)
    for _ in range(rounds):
        bars = page.locator(".th-bar-movable")
        doing("menus")
        bars.nth(2).click()
        doing("menus")
        page.keyboard.press("Escape")
        page.wait_for_timeout(50)
    for zoom in ("month", "week") * max(1, rounds // 2):
        doing("zoom")
        page.click(f"[data-planner-zoom={zoom}]")
        page.wait_for_timeout(150)
    page.evaluate("document.getElementById('planner-board').scrollTo(0, 0)")
    for _ in range(rounds):
        doing("drag")
        _drag(page)
    return driven


def _drag(page: Page) -> None:
    """Shorten the first bar by a week, and take it back."""
    found = page.evaluate(GRIP)
    if found is None:
        raise ProductError("there is no bar to drag")
    x, y = found
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y, steps=6)
    page.mouse.up()
    page.wait_for_selector("[data-planner-toast]", timeout=20_000)
    page.evaluate("() => { window.doing = 'undo'; }")
    page.keyboard.press("Control+z")
    page.wait_for_selector("[data-planner-toast]", state="detached", timeout=20_000)
    page.wait_for_timeout(600)  # its rows are read again


def _figures(
    driven: dict[str, int], seen: list[dict[str, Any]], frames: list[float]
) -> dict[str, Any]:
    times = sorted(one["ms"] for one in seen)
    n_driven = sum(driven.values()) + driven["drag"]  # each drag is taken back by a key
    times = [UNREPORTED_MS] * max(0, n_driven - len(times)) + times
    print(f"{'interaction':16} {'done':>5} {'told':>5} {'p75 ms':>8} {'most ms':>8}")
    for what, n in [*driven.items(), ("undo", driven["drag"])]:
        told = sorted(one["ms"] for one in seen if one["what"] == what)
        all_of = sorted([UNREPORTED_MS] * max(0, n - len(told)) + told)
        print(f"{what:16} {n:5} {len(told):5} {_at(all_of, 0.75):8.0f} {all_of[-1]:8.0f}")
    return {
        "interactions": len(times),
        "inp_p75_ms": _at(sorted(times), 0.75),
        "inp_p98_ms": _at(sorted(times), 0.98),
        "scroll_p75_ms": round(_at(sorted(frames), 0.75), 1),
    }


def _at(ordered: list[float], share: float) -> float:
    """The value at this share, from below (nearest rank)."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


if __name__ == "__main__":
    sys.exit(main())
