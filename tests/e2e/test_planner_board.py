"""The planner's board: a bar moved by mouse and by keys, taken back, and what refuses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser import Complaints
from tests.e2e.visits import assert_fits, enter, toast
from tests.product import Product

API = "/api/v1/projects/"
PROJECT = "Travel concierge"  # starts in some weeks, and nobody is on it yet


@dataclass
class Planned:
    """An assignment that fits, made for the test, and a way to see what the server holds."""

    page: Page
    url: str
    row: dict[str, Any]
    slot: dict[str, Any]

    def call(self, method: str, path: str, **options: Any) -> Any:
        return call(self.page, self.url, method, path, **options)

    @property
    def now(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", f"assignments/{self.row['id']}/")
        return found

    @property
    def bar(self) -> Locator:
        return self.page.locator(f"[data-item='assignment-{self.row['id']}']")

    def open(self) -> None:
        query = f"role={self.slot['role']}&from={self.slot['start_on']}&view=people"
        self.page.goto(f"{self.url}/planner/?{query}")
        expect(self.page.locator("#planner-board")).to_have_attribute("aria-busy", "false")
        self.bar.scroll_into_view_if_needed()


def call(page: Page, url: str, method: str, path: str, **options: Any) -> Any:
    """Ask the API with the browser's session; None where it refuses."""
    token = page.evaluate("JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken']")
    headers = {"X-CSRFToken": token, "Referer": url, **options.pop("headers", {})}
    answer = page.request.fetch(
        f"{url}{API}{path}", method=method, headers=headers, fail_on_status_code=False, **options
    )
    return answer.json() if answer.ok and answer.status != 204 else None


def plan_somebody(page: Page, url: str, n_weeks: int = 4) -> Planned:
    """Assign the first person whom an open slot of some weeks suits."""
    projects = call(page, url, "GET", "projects/?limit=100")["results"]
    key = next(one["key"] for one in projects if one["name"] == PROJECT)
    slots = call(page, url, "GET", f"slots/?project={key}&limit=200")["results"]
    taken = {
        one["slot"]
        for one in call(page, url, "GET", f"assignments/?project={key}&limit=200")["results"]
    }
    for slot in slots:
        weeks = call(page, url, "GET", f"board/?view=open&project={key}&from={slot['start_on']}")
        length = {one["slot"]: one for one in weeks["results"]}.get(slot["id"])
        if slot["id"] in taken or length is None or not _lasts(slot, n_weeks):
            continue
        people = call(page, url, "GET", f"../roles/people/?role={slot['role']}")["results"]
        for person in people if len(people) > 1 else ():
            # Not locked: what is locked asks for a reason whatever is changed.
            data = {"slot": slot["id"], "person": person["key"], "locked": False}
            if row := call(page, url, "POST", "assignments/", data=data):
                return Planned(page, url, row, slot)
    raise AssertionError("no open slot suits anybody")


def _lasts(slot: dict[str, Any], n_weeks: int) -> bool:
    from datetime import date

    start, end = (date.fromisoformat(slot[name]) for name in ("start_on", "end_on"))
    return (end - start).days >= 7 * n_weeks


def spoken(page: Page, words: str) -> None:
    expect(page.locator("#th-live")).to_contain_text(words)


def test_a_lead_changes_the_plan_on_the_board(
    product: Product, page: Page, complaints: Complaints
) -> None:
    complaints.allow("status of 4(09|12)")
    enter(page, product, "ada")
    planned = plan_somebody(page, product.url)
    planned.open()
    a_drag_beyond_the_slot_says_so(planned)
    shorter = a_bar_is_shortened_by_mouse_and_taken_back(planned)
    the_same_by_keys(planned, shorter)
    a_change_of_somebody_else_is_shown_and_not_run_over(planned)
    who_does_not_suit_needs_a_reason(planned)
    an_open_slot_is_dragged_onto_a_person(planned)


def a_drag_beyond_the_slot_says_so(planned: Planned) -> None:
    page, box = planned.page, planned.bar.bounding_box()
    assert box is not None
    x, y = box["x"] + 3, box["y"] + box["height"] / 2
    page.mouse.move(x + 30, y)
    page.mouse.down()
    page.mouse.move(x + 330, y, steps=4)
    page.mouse.up()
    toast(page, "The slot has no more weeks on this side.")
    spoken(page, "The slot has no more weeks on this side.")
    assert planned.now["start_on"] == planned.row["start_on"]


def a_bar_is_shortened_by_mouse_and_taken_back(planned: Planned) -> str:
    """Returns the shorter end."""
    page, whole = planned.page, planned.row["end_on"]
    box = planned.bar.bounding_box()
    assert box is not None
    week = page.evaluate(
        "parseFloat(getComputedStyle(document.getElementById('planner-board'))"
        ".getPropertyValue('--th-week'))"
    )
    right, middle = box["x"] + box["width"] - 3, box["y"] + box["height"] / 2
    page.mouse.move(right, middle)
    page.mouse.down()
    page.mouse.move(right - 1.2 * week, middle, steps=4)
    expect(page.locator(".th-ghost")).to_be_visible()
    page.mouse.up()
    toast(page, planned.row["name"])
    shorter: str = planned.now["end_on"]
    assert shorter < whole
    assert_fits(page)

    page.locator("#th-alerts").get_by_role("button", name="Undo").click()
    toast(page, "Undone")
    expect(page.locator("#th-alerts")).to_contain_text(" again.")
    expect(page.locator("#th-alerts")).not_to_contain_text("now W")
    assert planned.now["end_on"] == whole
    return shorter


def the_same_by_keys(planned: Planned, shorter: str) -> None:
    page, whole = planned.page, planned.row["end_on"]
    planned.bar.focus()
    page.keyboard.press("m")
    spoken(page, "Moving")
    page.keyboard.press("-")
    page.keyboard.press("-")
    page.keyboard.press("Enter")
    spoken(page, "now W")
    expect(planned.bar).to_be_focused()
    assert planned.now["end_on"] < shorter
    shortest = planned.now["end_on"]
    page.keyboard.press("Control+z")
    spoken(page, "Undone")
    assert planned.now["end_on"] == whole
    page.keyboard.press("Control+y")
    spoken(page, "Done again")
    assert planned.now["end_on"] == shortest
    page.keyboard.press("Control+y")
    spoken(page, "Nothing to do again")
    page.keyboard.press("Control+z")
    spoken(page, "Undone")
    assert planned.now["end_on"] == whole
    page.keyboard.press("Control+Shift+z")
    spoken(page, "Done again")
    page.get_by_role("button", name="Undo Ctrl Z").click()
    spoken(page, "Undone")
    expect(page.get_by_role("button", name="Redo Ctrl Y")).to_be_enabled()
    assert planned.now["end_on"] == whole


def a_change_of_somebody_else_is_shown_and_not_run_over(planned: Planned) -> None:
    page = planned.page
    theirs = {"fte_share": "0.05", "locked": False}
    version = {"If-Match": str(planned.now["version"])}
    path = f"assignments/{planned.row['id']}/"
    assert planned.call("PATCH", path, data=theirs, headers=version)

    planned.bar.click()
    page.get_by_role("menuitem", name="Make tentative").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("Somebody else changed this meanwhile")
    expect(dialog).to_contain_text("0.05 FTE")
    assert planned.now["status"] == "confirmed"
    dialog.get_by_role("button", name="Apply mine again").click()
    toast(page, "is changed")
    assert (planned.now["status"], planned.now["fte_share"]) == ("tentative", 0.05)


def who_does_not_suit_needs_a_reason(planned: Planned) -> None:
    page = planned.page
    planned.bar.click()
    page.get_by_role("menuitem", name="Give to …").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_role("searchbox").fill("Bo Larsen")
    expect(dialog.locator("option")).to_have_text(["Bo Larsen"])
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("This breaks rules that only warn")
    dialog.get_by_role("button", name="Do it with this reason").click()
    expect(dialog).to_contain_text("Say why.")
    dialog.get_by_label("Reason").fill("Nobody else is free.")
    dialog.get_by_role("button", name="Do it with this reason").click()
    toast(page, "now Bo Larsen")
    given = planned.call("GET", f"assignments/?person=bo-larsen&from={planned.slot['start_on']}")
    assert any(one["slot"] == planned.slot["id"] for one in given["results"])
    page.keyboard.press("Control+z")
    spoken(page, "Undone")
    left = planned.call("GET", f"assignments/?person=bo-larsen&from={planned.slot['start_on']}")
    assert not any(one["slot"] == planned.slot["id"] for one in left["results"])


def an_open_slot_is_dragged_onto_a_person(planned: Planned) -> None:
    page = planned.page
    start = planned.slot["start_on"]
    # Nobody takes two slots of one phase.
    name = "Chen Yu" if planned.row["name"] == "Aiko Tanaka" else "Aiko Tanaka"
    page.goto(f"{planned.url}/planner/?view=people&q={name}&from={start}")
    slot = page.locator("[data-tray]", has_text=PROJECT).first
    expect(page.locator("[data-tray]").first).to_be_attached()
    more = page.locator("[data-planner-tray-list] > li > button:not([data-tray])")
    for _ in range(20):  # other stories leave many open slots before it
        if slot.count() or not more.count():
            break
        more.click()
    slot.scroll_into_view_if_needed()
    title = page.locator("[data-planner-tray-title]").inner_text()
    slot.drag_to(page.locator(".th-board-track").first, target_position={"x": 60, "y": 20})
    dialog = page.locator("dialog[open]")
    done = page.locator("#th-alerts", has_text=f"{name} is assigned")
    expect(dialog.or_(done).first).to_be_visible()
    if dialog.count():
        dialog.get_by_label("Reason").fill("She learns it.")
        dialog.get_by_role("button", name="Do it with this reason").click()
    toast(page, f"{name} is assigned")
    expect(page.locator("[data-planner-tray-title]")).not_to_have_text(title)
    page.locator("#th-alerts").get_by_role("button", name="Undo").click()
    expect(page.locator("[data-planner-tray-title]")).to_have_text(title)


def test_a_phone_shows_a_list_whose_work_opens_its_page(product: Product, phone: Page) -> None:
    enter(phone, product, "ada")
    phone.goto(f"{product.url}/planner/?q=Carlos")

    card = phone.locator(".th-week-list > li", has_text="Carlos Ruiz")
    expect(card.locator(".th-week-cells > li")).to_have_count(8)
    expect(phone.locator("#planner-board")).to_be_hidden()
    assert_fits(phone)
    card.locator(".th-week-bars a").first.click()
    expect(phone.locator("h1")).to_contain_text("Carlos Ruiz")
