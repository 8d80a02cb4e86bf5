"""Pages of staffing for everybody: axe finds no grave fault, light, dark and narrow."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.axe import grave_faults
from tests.browser import PHONE, WIDE
from tests.e2e.visits import assert_fits, enter
from tests.product import Product

FIXED = (
    "/",
    "/planner/",
    "/planner/?view=projects",
    "/load/",
    "/staffing/",
    "/supply/?skill=machine-learning&level=3",
    "/staffing/questions/",
    "/staffing/questions/new/?question=shock",
    "/plan/changes/",
    "/requests/",
    "/people/",
    "/people/skills/",
    "/people/roles/map/",
)
# What is drawn anew on a phone; the others only become narrower.
NARROW = ("/planner/", "/staffing/", "/projects/slots/", "/supply/")


def of_the_demo(page: Page, product: Product) -> list[str]:
    """A project, an open slot of it, a person, a proposal, two proposals side by side."""
    found = []
    page.goto(f"{product.url}/projects/")
    projects = [a.get_attribute("href") or "" for a in page.locator("main tbody th a").all()]
    for address in projects:
        page.goto(product.url + address)
        slot = page.locator("a[data-slot-dialog]").first
        if slot.count():
            found += [address, slot.get_attribute("href") or ""]
            break
    page.goto(f"{product.url}/people/")
    found.append(page.locator("main tbody th a").first.get_attribute("href") or "")
    page.goto(f"{product.url}/staffing/")
    boxes = page.locator("input[name=run]")
    runs = [box.get_attribute("value") or "" for box in boxes.all()[:2]]
    found += [f"/staffing/{runs[0]}/"] if runs else []
    found += [f"/staffing/compare/?run={runs[0]}&run={runs[1]}"] if len(runs) > 1 else []
    return found


@pytest.mark.timeout(480)
def test_axe_finds_no_grave_fault_on_any_page_of_staffing(product: Product, page: Page) -> None:
    enter(page, product, "ada")
    addresses = [*FIXED, *of_the_demo(page, product)]
    assert len(addresses) >= len(FIXED) + 4

    faults = []
    for address in addresses:
        answer = page.goto(product.url + address)
        assert answer is not None
        assert answer.status == 200, address
        expect(page.locator("h1")).to_have_count(1)
        for element in page.locator("main details:not([data-menu])").all()[:12]:
            element.evaluate("element => { element.open = true; }")
        # Of the dark page only the colours are others.
        for scheme, rules in (("light", ()), ("dark", ("color-contrast",))):
            page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme; }", scheme)
            page.wait_for_timeout(300)  # colours change slowly
            faults += [f"{address} {scheme}: {fault}" for fault in grave_faults(page, *rules)]
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        if address.startswith(NARROW):
            faults += [f"{address} narrow: {fault}" for fault in grave_faults(page)]
        assert_fits(page)
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]

    assert faults == []


def test_axe_finds_a_fault_where_there_is_one(product: Product, page: Page) -> None:
    page.goto(f"{product.url}/accounts/login/")
    assert grave_faults(page) == []
    page.evaluate("document.querySelector('main').append(document.createElement('input'))")
    assert any(fault.startswith("label ") for fault in grave_faults(page))


def test_axe_finds_colours_that_cannot_be_told_apart(product: Product, page: Page) -> None:
    page.goto(f"{product.url}/accounts/login/")
    page.evaluate("""() => {
      const pale = document.createElement("p");
      pale.style = "color: #ccc; background: #fff";
      pale.textContent = "pale";
      document.querySelector("main").append(pale);
    }""")
    assert any(
        fault.startswith("color-contrast ") for fault in grave_faults(page, "color-contrast")
    )


def test_nothing_is_cut_or_covered_on_a_wide_screen(product: Product, page: Page) -> None:
    enter(page, product, "ada")
    page.goto(f"{product.url}/staffing/")
    page.locator(".th-wishes > summary").click()
    page.wait_for_timeout(300)  # the script scrolls after the section has opened
    field = page.locator("#id_change_budget").bounding_box()
    bar = page.locator(".th-staffing-run").bounding_box()
    assert field
    assert bar
    assert field["y"] + field["height"] <= bar["y"]

    page.goto(f"{product.url}/people/roles/map/")
    assert page.locator(".th-scroll").first.evaluate("box => box.scrollWidth <= box.clientWidth")

    page.goto(f"{product.url}/people/skills/")
    heads = page.locator(".th-skills-grid thead th > a")
    cut = "all => all.filter(a => a.scrollHeight > a.clientHeight).map(a => a.textContent)"
    assert heads.evaluate_all(cut) == []

    page.goto(f"{product.url}/planner/")
    expect(page.locator("#planner-board [data-item]").first).to_be_visible()
    link = page.get_by_role("link", name="Skip to the board")
    link.focus()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#planner-board') !== null")
