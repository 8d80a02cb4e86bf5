"""A lead staffs a slot from the project's page by keyboard, and splits it over two people."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.visits import assert_fits, enter, toast
from tests.product import Product


def test_a_lead_searches_by_keyboard_and_splits_a_slot_over_two(
    product: Product, page: Page
) -> None:
    enter(page, product, "ada")
    page.goto(f"{product.url}/projects/")
    page.click("a:has-text('Pathology second opinion')")
    seat = page.locator("a.th-plan-open").first
    dialog, rows = page.locator("#th-slot"), page.locator("#th-slot tbody tr")

    seat.press("Enter")
    expect(page.locator("#slot-search")).to_be_focused()
    first, second = rows.locator("th a").all_inner_texts()[:2]
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(seat).to_be_focused()

    seat.press("Enter")
    expect(page.locator("#slot-search")).to_be_focused()
    page.keyboard.type(first)
    page.keyboard.press("Enter")
    expect(rows.locator("th a")).to_have_text([first])
    page.locator("[data-slot-close]").press("Shift+Tab")  # the focus stays in the dialog
    assert dialog.evaluate("box => box.contains(document.activeElement)")
    rows.locator("th a").press("Enter")
    expect(page.locator("#slot-chosen-title")).to_be_focused()

    split = page.locator("form.th-choice", has_text="Split over two people")
    chosen = split.locator("[name=second] option", has_text=second).first
    split.locator("[name=second]").select_option(chosen.get_attribute("value"))
    split.locator("[name=split_by][value=share]").press("Space")
    split.locator("[name=second_share]").fill("0.05")
    split.locator("[name=reason]").fill("Both know the readers.")
    before = page.evaluate("window.scrollY")
    assert before > 0
    split.locator("button").press("Enter")

    toast(page, f"{first} and {second} share the slot.")
    expect(page.locator("h1")).to_have_text("Pathology second opinion")
    for name in (first, second):
        expect(page.locator(".th-team a.th-plan-confirmed", has_text=name).first).to_be_visible()
    # What has changed above may shift it a little.
    page.wait_for_function("before => Math.abs(window.scrollY - before) < 400", arg=before)
    page.locator("#th-alerts").get_by_role("button", name="Undo").click()
    toast(page, "Undone: 2 assignments")
    expect(page.locator("h1")).to_have_text("Pathology second opinion")
    page.goto(f"{product.url}{seat.get_attribute('href')}")
    page.set_viewport_size({"width": 390, "height": 844})
    assert_fits(page)
