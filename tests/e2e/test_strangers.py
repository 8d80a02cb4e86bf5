"""Who may not, and what they meet: a log-in, nothing at this address, a plain refusal, no money."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import Complaints, NewPage, log_in
from tests.e2e.visits import enter
from tests.product import Product

PASSWORD = "correct horse battery"
# Sends a form that the page does not offer, and tells what came back.
_POST = """async ([address, fields]) => {
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const answer = await fetch(address, {
    method: "POST",
    headers: {"X-CSRFToken": token},
    body: new URLSearchParams(fields),
  });
  return answer.status;
}"""


@pytest.fixture(scope="module")
def proposal(product: Product, browser: Browser) -> str:
    """The address of ada's proposal for a project of the demo company, once it is there."""
    page = browser.new_page()
    enter(page, product, "ada")
    page.goto(f"{product.url}/projects/?q=Travel+concierge")
    page.locator("main tbody a", has_text="Travel concierge").click()
    page.locator(".th-panel", has_text="Staffing proposals").locator("li a").last.click()
    expect(page.locator("#proposal")).to_be_visible(timeout=60_000)
    address = page.url
    page.close()
    return address


def test_a_new_member_without_rights_is_refused(
    product: Product,
    proposal: str,
    page: Page,
    new_page: NewPage,
    complaints: Complaints,
) -> None:
    complaints.allow("status of 40[34]")
    link, username = invite(enter(page, product, "admin"), product)
    stranger = new_page()
    stranger.goto(link)
    for field in stranger.locator("main input[type=password]").all():
        field.fill(PASSWORD)
    stranger.click("main [type=submit]")
    log_in(stranger, product.url, username, PASSWORD)
    expect(stranger.locator("h1")).to_have_text("Home")

    answer = stranger.goto(proposal)
    assert answer is not None
    assert answer.status == 404
    expect(stranger.locator("main")).to_contain_text("or you may not see it")

    answer = stranger.goto(f"{product.url}/people/import/")
    assert answer is not None
    assert answer.status == 403
    expect(stranger.locator("main")).to_contain_text("Only")

    stranger.goto(f"{product.url}/projects/")
    expect(stranger.locator("main")).to_contain_text("Storefront ranking")
    expect(stranger.get_by_role("link", name="New project")).to_have_count(0)
    assert stranger.evaluate(_POST, [f"{proposal}accept/", {"all": "1"}]) == 404
    assert stranger.evaluate(_POST, [f"{product.url}/projects/new/", {"name": "Mine"}]) == 403


def invite(admin: Page, product: Product) -> tuple[str, str]:
    """Invite a member without a group; the link and the user name."""
    admin.goto(f"{product.url}/accounts/users/invite/")
    admin.fill("[name=full_name]", "Cy Stranger")
    admin.fill("[name=email]", f"cy.{uuid4().hex[:8]}@example.org")
    admin.get_by_role("button", name="Invite").click()
    link = admin.locator("#th-link").inner_text()
    return link, admin.locator("dt:has-text('User name') + dd").inner_text()


def test_a_manager_may_read_but_not_decide_for_another_lead(
    product: Product, proposal: str, page: Page, complaints: Complaints
) -> None:
    complaints.allow("status of 403")
    enter(page, product, "olga")

    page.goto(proposal)
    expect(page.locator("#decide tbody tr")).not_to_have_count(0)
    expect(page.locator("#decide").get_by_role("checkbox")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^Accept"))).to_have_count(0)
    assert page.evaluate(_POST, [f"{proposal}accept/", {"all": "1"}]) == 403

    page.reload()
    expect(page.locator("#proposal")).to_contain_text("0 accepted")


def test_the_anonymous_log_in_first_and_then_are_where_they_wanted(
    product: Product, proposal: str, page: Page
) -> None:
    page.goto(proposal)
    expect(page.locator("h1")).to_have_text("Log in")
    assert "/accounts/login/?next=" in page.url

    page.fill("input[name=username]", "ada")
    page.fill("input[name=password]", "teamhub-demo")
    page.click("form:has(input[name=password]) [type=submit]")

    expect(page.locator("#proposal")).to_be_visible()
    assert page.url == proposal


def test_a_viewer_reads_a_project_without_money(
    product: Product, page: Page, new_page: NewPage
) -> None:
    project = f"{product.url}/projects/?q=Chest"
    ada, viewer = enter(new_page(), product, "ada"), enter(page, product, "vi")
    for each in (ada, viewer):
        each.goto(project)
        each.locator("main tbody a", has_text="Chest X-ray triage").click()
        expect(each.locator(".th-team tbody tr")).not_to_have_count(0)

    assert "USD" in money_of(ada)
    assert "People budget" in money_of(ada)
    assert re.search(r"USD|People budget|\bCost\b", money_of(viewer)) is None

    for each in (ada, viewer):
        each.goto(f"{product.url}/people/?q=Stefan")
        each.locator("main tbody a", has_text="Stefan Krause").click()
        expect(each.locator("h1")).to_have_text("Stefan Krause")
    assert "USD" in ada.locator("main").inner_text()
    assert "USD" not in viewer.content()


def money_of(page: Page) -> str:
    """All of a project's page but its requirements, whose targets may be prices of the product."""
    return "\n".join(
        card.inner_text()
        for card in page.locator("main .th-stack > *, main > ol").all()
        if "Requirements" not in card.inner_text().split("\n")[0]
    )
