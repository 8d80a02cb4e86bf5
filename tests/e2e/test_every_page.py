"""Every page of the navigation opens, on a screen and at a phone's width, without a complaint."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import PHONE, WIDE, Complaints
from tests.e2e.visits import assert_fits, enter
from tests.product import Product

# First links of these lists lead to the pages that the navigation does not name.
LISTS = {
    "/projects/": "main tbody th a",
    "/people/": "main tbody th a",
    "/runs/": "main tbody th a",
    "/capacity/": "main tbody th a",
    "/capacity/plans/": "main tbody th a",
    "/capacity/workloads/": "main tbody th a",
    "/models/": "main tbody th a",
    "/models/datasets/": "main tbody th a",
}
FURTHER = {
    "ada": (
        "/projects/new/",
        "/projects/import/",
        "/people/import/",
        "/people/departments/",
        "/people/sites/",
        "/people/roles/",
        "/people/roles/skills/",
        "/people/roles/map/",
        "/people/roles/learning/",
        "/staffing/",
        "/plan/changes/",
        "/capacity/workloads/",
        "/capacity/plans/",
        "/capacity/allocations/",
        "/capacity/calculator/",
        "/capacity/accelerators/",
        "/models/datasets/",
        "/models/datasets/upload/",
        "/models/training/new/",
        "/models/versions/",
        "/accounts/me/",
        "/accounts/tokens/",
        "/accounts/tokens/create/",
        "/accounts/password/",
        "/preferences/",
        "/search/?q=data",
    ),
    "bo": ("/people/roles/", "/accounts/me/", "/accounts/tokens/", "/search/?q=data"),
    "admin": (
        "/people/new/",
        "/people/import/",
        "/capacity/pools/new/",
        "/capacity/plans/new/",
        "/capacity/import/",
        "/accounts/users/invite/",
        "/audit/",
    ),
}


def pages_for(page: Page, product: Product, username: str) -> list[str]:
    """Addresses of the navigation, of the first object of each list, and of further pages."""
    page.goto(product.url)
    found = [
        link.get_attribute("href") or "" for link in page.locator("nav[aria-label=Main] a").all()
    ]
    for address, links in LISTS.items():
        page.goto(product.url + address)
        link = page.locator(links).first
        if link.count():
            found.append(link.get_attribute("href") or "")
            if address == "/projects/":
                page.goto(product.url + found[-1])
                steps = page.locator(".th-rail-step a")
                found += [steps.first.get_attribute("href") or ""] if steps.count() else []
    return list(dict.fromkeys([*found, *FURTHER[username]]))


@pytest.mark.parametrize("username", ["ada", "bo", "admin"])
def test_every_page_opens_and_fits(product: Product, page: Page, username: str) -> None:
    enter(page, product, username)
    addresses = pages_for(page, product, username)
    assert len(addresses) > 7

    for address in addresses:
        answer = page.goto(product.url + address)
        assert answer is not None
        assert answer.status == 200, address
        expect(page.locator("h1")).to_have_count(1)
        expect(page.locator("h1")).not_to_be_empty()
        for chart in page.locator("[data-chart]:visible").all():
            chart.scroll_into_view_if_needed()  # it is drawn when it is seen
            expect(chart.locator("svg, canvas").first).to_be_visible()
        assert_fits(page)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # as when a tablet is turned, or a window is made narrow
        assert_fits(page)
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def test_a_page_that_is_too_wide_is_told(product: Product, phone: Page) -> None:
    phone.goto(f"{product.url}/accounts/login/")
    assert_fits(phone)

    phone.evaluate("""() => {
      const wide = document.createElement("h2");
      wide.className = "text-nowrap";
      wide.textContent = "wide ".repeat(200);
      document.querySelector("main").append(wide);
    }""")

    with pytest.raises(AssertionError, match="px too wide"):
        assert_fits(phone)


def test_the_pages_of_the_product_are_under_the_policy(
    product: Product, page: Page, complaints: Complaints
) -> None:
    """What the walk above relies on: an inline script on a page is refused, and told."""
    complaints.allow("CSP|Content Security Policy")
    page.goto(f"{product.url}/accounts/login/")

    page.evaluate("""() => {
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
    }""")
    page.wait_for_timeout(100)

    assert page.evaluate("window.ran") is None
    assert any(words.startswith("CSP: script-src") for words in complaints.found)


def test_the_api_docs_draw_every_operation(product: Product, page: Page) -> None:
    enter(page, product, "ada")

    page.goto(f"{product.url}/api/v1/docs/")

    operations = page.locator(".opblock")
    expect(operations.first).to_be_visible()
    assert operations.count() > 30
    reading = page.locator("#swagger-ui .opblock", has_text="/api/v1/projects/assignments/").first
    reading.locator("button").first.click()
    expect(reading.locator(".parameters").first).to_be_visible()
    assert_fits(page)
