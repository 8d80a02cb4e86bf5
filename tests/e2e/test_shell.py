"""The frame of every page: language, theme, search, keys, errors in place, no script at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import WIDE, Complaints, NewPage
from tests.e2e.visits import enter, toast
from tests.product import Product


@pytest.fixture
def scriptless(browser: Browser) -> Iterator[Page]:
    """A page of a browser that runs no script."""
    context = browser.new_context(
        viewport=WIDE,  # type: ignore[arg-type]
        java_script_enabled=False,
        locale="en-US",
    )
    yield context.new_page()
    context.close()


def test_the_language_switch_changes_every_page(product: Product, page: Page) -> None:
    enter(page, product, "vi")
    page.click("summary.th-menu-button")
    page.click("button[name=language][value=zh-hans]")

    for address, heading in (("/projects/", "项目"), ("/people/", "人员"), ("/runs/", "运行")):
        page.goto(product.url + address)
        expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
        expect(page.locator("h1")).to_contain_text(heading)

    page.click("summary.th-menu-button")
    page.click("button[name=language][value=en]")
    expect(page.locator("h1")).to_have_text("Runs")


def test_the_theme_stays_and_darkens_the_page(product: Product, page: Page) -> None:
    enter(page, product, "vi")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("summary.th-menu-button")
    page.click("button[name=theme][value=dark]")

    page.goto(f"{product.url}/projects/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert brightness(dark) < 60
    assert brightness(light) > 200

    page.click("summary.th-menu-button")
    page.click("button[name=theme][value=auto]")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def brightness(colour: str) -> float:
    return sum(int(part) for part in re.findall(r"\d+", colour)[:3]) / 3


def test_a_slash_searches_and_a_question_mark_lists_the_keys(product: Product, page: Page) -> None:
    enter(page, product, "ada")

    page.keyboard.press("/")
    expect(page.locator("#th-search")).to_be_focused()
    page.keyboard.type("triage")
    hit = page.locator("#th-search-hits a", has_text="Chest X-ray triage").first
    expect(hit).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(hit).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Chest X-ray triage")
    page.wait_for_load_state()

    page.keyboard.press("?")
    keys = page.locator("#th-shortcuts")
    expect(keys).to_be_visible()
    expect(keys).to_contain_text("Planner")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("l")
    expect(page.locator("h1")).to_have_text("Planner")


def test_the_load_grid_is_walked_by_keys(product: Product, page: Page) -> None:
    enter(page, product, "ada")
    page.goto(f"{product.url}/load/")
    where = """() => {
      const cell = document.activeElement.closest("td, th");
      return [cell.parentElement.rowIndex, cell.cellIndex];
    }"""

    page.locator(".th-grid tbody tr").first.locator("a").first.focus()
    found = []
    for key in ("ArrowRight", "ArrowDown", "Home", "ArrowUp", "End"):
        page.keyboard.press(key)
        found.append(page.evaluate(where))

    last = page.locator(".th-grid thead th").count() - 1
    assert found == [[1, 1], [2, 1], [2, 0], [1, 0], [1, last]]
    stops = page.locator(".th-grid [tabindex='0']")
    expect(stops).to_have_count(1)  # the Tab key leaves the grid in one step


def test_a_refused_fragment_is_shown_in_its_place(
    product: Product, page: Page, new_page: NewPage, complaints: Complaints
) -> None:
    complaints.allow("status of (409|422)")
    enter(page, product, "ada")
    page.goto(f"{product.url}/projects/?q=Chest")
    page.locator("main tbody a", has_text="Chest X-ray triage").click()
    form = page.locator("form.th-item-form")
    needs_note = page.locator("li.th-item", has_text="needs a note").first
    needs_note.locator("a.th-tick").click()
    form.locator("[name=note]").evaluate("field => field.required = false")

    form.get_by_role("button", name="Done").click()  # 422

    expect(form.locator("[role=alert]")).to_be_visible()
    expect(form.locator("[name=note]")).to_have_attribute("aria-invalid", "true")

    other = enter(new_page(), product, "ada")
    other.goto(page.url)
    key = needs_note.locator(".th-item-key").inner_text()
    tick = other.locator("li.th-item", has=other.get_by_text(key, exact=True))
    tick.locator("a.th-tick").click()
    tick.locator("[name=note]").fill("Done on the other screen")
    tick.get_by_role("button", name="Done").click()
    expect(tick).to_contain_text("done by")
    form.locator("[name=note]").fill("Done here as well")

    form.get_by_role("button", name="Done").click()  # 409

    toast(page, "done")
    assert [each for each in complaints.found if "status of 409" in each]


def test_forms_work_without_scripts(product: Product, scriptless: Page) -> None:
    page = scriptless
    enter(page, product, "ada")
    page.goto(f"{product.url}/projects/?q=Chest")
    page.locator("main tbody a", has_text="Chest X-ray triage").click()
    project = page.url
    needs_link = page.locator("li.th-item", has_text="needs a link").first
    key = needs_link.locator(".th-item-key").inner_text()
    needs_link.locator("a.th-tick").click()
    page.fill("[name=link]", "https://wiki.example.org/evidence")
    page.get_by_role("button", name="Done").click()
    assert page.url.startswith(project)
    ticked = page.locator("li.th-item", has=page.get_by_text(key, exact=True))
    expect(ticked).to_contain_text("done by Ada")

    page.locator(".th-actions a", has_text="Propose a team").click()
    page.check("[name=limit][value=own]")
    page.fill("[name=seconds]", "1")
    page.locator("main").get_by_role("button", name="Propose", exact=True).click()
    expect(page.locator("h1")).to_have_text("Staffing proposal")
    for _second in range(60):
        if page.locator("#proposal").count():
            break
        page.wait_for_timeout(1_000)
        page.reload()
    expect(page.locator("#proposal")).to_contain_text("Coverage")
