"""What the stories share: log in to a demo company, look at a page as a person does."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import Page, expect

from teamhub import weeks
from teamhub.demo_accounts import DEMO_PASSWORD
from tests.browser import log_in
from tests.product import Product

# Elements that reach beyond the screen although no box around them scrolls or cuts.
_STICKING_OUT = """() => {
  const wide = document.documentElement.clientWidth + 1;
  const held = (element) => {
    for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box);
      const cuts = style.overflowX !== "visible" || style.clipPath !== "none";
      if (cuts && box.getBoundingClientRect().right <= wide) return true;
    }
    return false;
  };
  return [...document.body.querySelectorAll("*")]
    .filter((each) => each.getBoundingClientRect().right > wide && !held(each))
    .slice(0, 5)
    .map((each) => `${each.tagName}.${each.getAttribute("class")}`);
}"""
_WIDTHS = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"


def enter(page: Page, product: Product, username: str) -> Page:
    """Log in to the demo company."""
    log_in(page, product.url, username, DEMO_PASSWORD)
    expect(page.locator(".th-menu-button")).to_be_visible()
    return page


def this_week() -> date:
    return weeks.monday(date.today())  # noqa: DTZ011 (as the calendar on the wall)


def assert_fits(page: Page) -> None:
    """Nothing needs scrolling to the side, except inside a box that says so."""
    scrolled, seen = page.evaluate(_WIDTHS)
    sticking_out = page.evaluate(_STICKING_OUT)
    assert scrolled <= seen, f"{page.url} is {scrolled - seen} px too wide: {sticking_out}"
    assert sticking_out == [], page.url


def toast(page: Page, words: str) -> None:
    """Wait until the page says these words in its corner."""
    expect(page.locator("#th-alerts")).to_contain_text(words)
