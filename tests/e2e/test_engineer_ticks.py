"""An engineer with a phone: what is mine, tick it, attach the evidence, take a tick back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser import NewPage
from tests.e2e.visits import assert_fits, enter, toast
from tests.product import Product

TOUCH_PX = 44


def add_item(lead: Page, text: str, evidence: str) -> str:
    """Give Bo an item on the page of a phase, as its lead; return the id of the item's row."""
    lead.locator("summary", has_text="Add an item").click()
    form = lead.locator("form[action$='/items/']")
    form.locator("[name=text]").fill(text)
    form.locator("[name=evidence]").select_option(label=evidence)
    form.locator("[name=assignee]").select_option(label="Bo Larsen")
    form.get_by_role("button", name="Add").click()
    toast(lead, "is added.")
    return lead.url.rpartition("#")[2]


def assert_for_fingers(page: Page) -> None:
    """Every tick on the page is wide and high enough."""
    ticks = page.locator("a.th-tick:visible, button.th-tick:visible")
    assert ticks.count() > 0
    for tick in ticks.all():
        box = tick.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= TOUCH_PX, tick.get_attribute("aria-label")


def test_an_engineer_ticks_with_two_taps_and_takes_a_tick_back(
    product: Product, phone: Page, new_page: NewPage
) -> None:
    enter(phone, product, "bo")
    open_my_work(phone)
    mine = phone.locator("section", has_text="My phases now").locator(".th-my-phases li").first
    number = re.search(r"^(\d) ", mine.locator("span").first.inner_text())
    assert number
    ada = enter(new_page(), product, "ada")
    ada.goto(product.url + (mine.locator("a").first.get_attribute("href") or ""))
    ada.locator(".th-rail-step a").nth(int(number[1]) - 1).click()
    quiet = add_item(ada, "The fans are quiet", "none needed")
    rollback = add_item(ada, "A rollback was tried", "a link")

    phone.reload()
    before = int(phone.locator("#work-open").inner_text())
    phone.goto(product.url)
    two_taps(phone, quiet)
    expect(phone.locator(f"#{quiet}")).to_contain_text("done by Bo")
    expect(phone.locator("#work-open")).to_have_text(str(before - 1))

    with_a_link(phone, rollback)
    expect(phone.locator("#work-open")).to_have_text(str(before - 2))

    unticked_with_a_reason(phone, quiet)
    expect(phone.locator("#work-open")).to_have_text(str(before - 1))
    phone.locator(f"#{quiet}").locator(".th-item-key").tap()
    history = phone.locator("section[aria-labelledby=history-title] tbody tr")
    expect(history).to_have_count(2)
    expect(history.filter(has_text="They rattle again")).to_contain_text("unticked")
    assert_fits(phone)


def open_my_work(phone: Page) -> None:
    phone.locator(".th-bar-nav a", has_text="My work").tap()
    expect(phone.locator("h1")).to_have_text("My work")


def two_taps(phone: Page, row_id: str) -> None:
    """From any page: My work in the bar, then the tick."""
    open_my_work(phone)
    assert_for_fingers(phone)
    assert_fits(phone)
    phone.locator(f"#{row_id}").get_by_role("button").tap()
    expect(phone.locator(f"#{row_id}")).to_have_class(re.compile("th-item-done"))
    # The row was swapped: focus stays in it, for keyboards and screen readers.
    expect(phone.locator(f"#{row_id}").get_by_role("button")).to_be_focused()


def with_a_link(phone: Page, row_id: str) -> None:
    """The tick opens a small form; it is done with the link, and not without."""
    row = phone.locator(f"#{row_id}")
    row.get_by_role("button", name=re.compile("^Tick ")).tap()
    link = row.locator("[name=link]")
    expect(link).to_be_focused()
    assert_fits(phone)
    done = row.get_by_role("button", name="Done")
    box = done.bounding_box()
    assert box is not None
    assert box["height"] >= TOUCH_PX
    done.tap()
    expect(row).not_to_have_class(re.compile("th-item-done"))
    link.fill("https://wiki.example.org/rollback")
    done.tap()
    expect(row).to_have_class(re.compile("th-item-done"))
    expect(row.locator("a[href='https://wiki.example.org/rollback']")).to_be_visible()


def unticked_with_a_reason(phone: Page, row_id: str) -> None:
    phone.reload()
    row = phone.locator("section[aria-labelledby=done-title]").locator(f"#{row_id}")
    row.get_by_role("button").tap()
    expect(row.locator("[name=reason]")).to_be_focused()
    row.locator("[name=reason]").fill("They rattle again")
    row.get_by_role("button", name="Untick", exact=True).tap()
    expect(phone.locator(f"#{row_id}")).not_to_have_class(re.compile("th-item-done"))
