"""A manager makes a project, has a team proposed, accepts it; another lead has a say."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from teamhub import weeks
from tests.browser import Complaints, NewPage
from tests.e2e.visits import assert_fits, enter, this_week, toast
from tests.product import Product

ENDED_MS = 60_000  # a proposal of three seconds, on a machine that does other things as well
OLGAS = "Platform and operations"


def make_project(page: Page, product: Product, name: str, template: str, start: date) -> None:
    """Make a project from a template by the form; its page is open afterwards."""
    page.goto(f"{product.url}/projects/")
    page.click("a:has-text('New project')")
    page.fill("[name=name]", name)
    page.select_option("[name=template]", template)
    page.fill("[name=start_on]", start.isoformat())
    page.select_option("[name=department]", label="Applications")
    page.select_option("[name=site]", label="Frankfurt")
    page.click("button:has-text('Make the project')")
    expect(page.locator("h1")).to_have_text(name)


def rail_weeks(page: Page) -> list[tuple[date, str]]:
    """First Monday of each phase on the rail, and its last week as shown."""
    found = []
    for words in page.locator(".th-rail-step").all_inner_texts():
        match = re.search(r"(\d{4}-W\d\d) – (W\d\d)", words)
        assert match, words
        year, number = match[1].split("-W")
        found.append((date.fromisocalendar(int(year), int(number), 1), match[2]))
    return found


def propose(page: Page) -> None:
    """Ask for a team from the project's page; the proposal's page is open afterwards."""
    page.locator(".th-actions a", has_text="Propose a team").click()
    page.check("[name=limit][value=own]")
    page.fill("[name=seconds]", "3")
    page.locator("main").get_by_role("button", name="Propose", exact=True).click()
    expect(page.locator("h1")).to_have_text("Staffing proposal")


def rows(page: Page, department: str) -> Locator:
    """Rows of the proposal that name somebody of the department."""
    return page.locator("#decide tbody tr", has_text=department)


def fact(page: Page, name: str) -> str:
    place = page.locator("#proposal .th-facts > div", has=page.get_by_text(name, exact=True))
    return place.locator("dd").inner_text()


@pytest.fixture
def asked_for(page: Page) -> list[str]:
    """Addresses that the page has asked for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def test_the_weeks_of_a_template_shift_with_the_start(product: Product, page: Page) -> None:
    start = weeks.add_weeks(this_week(), 4)
    enter(page, product, "ada")

    make_project(page, product, "Shelf search", "recommender", start)
    early = rail_weeks(page)
    make_project(page, product, "Shelf search later", "recommender", weeks.add_weeks(start, 5))
    late = rail_weeks(page)

    assert len(early) == 7
    assert early[0][0] == start
    assert [monday for monday, _last in early] == sorted({monday for monday, _last in early})
    assert [monday - timedelta(weeks=5) for monday, _last in late] == [
        monday for monday, _last in early
    ]
    expect(page.locator(".th-team tbody tr")).not_to_have_count(0)
    assert_fits(page)


def test_a_manager_proposes_accepts_and_hears_from_another_lead(
    product: Product, page: Page, asked_for: list[str], new_page: NewPage, complaints: Complaints
) -> None:
    enter(page, product, "ada")
    make_project(page, product, "Retina screening", "diagnosis", weeks.add_weeks(this_week(), 6))
    project = page.url
    propose(page)
    proposal = page.url

    the_status_tells_the_end_by_itself(page, asked_for)
    the_proposal_says_who_why_and_why_not(page)
    approved, declined = ada_accepts(page)
    olga = enter(new_page(), product, "olga")
    olga_answers(olga, product, approved, declined, complaints)

    page.goto(f"{product.url}/requests/")
    sent = page.locator("#request-list tbody tr")
    expect(
        sent.filter(has_text=f"{approved[0]} ").filter(has_text="approved").first
    ).to_be_visible()
    expect(sent.filter(has_text="Needed on the platform.")).to_contain_text(declined[0])
    page.goto(proposal)
    expect(page.locator("#decide tbody tr", has_text="Needed on the platform.")).to_contain_text(
        declined[0]
    )
    page.goto(project)
    assert_fits(page)


def the_status_tells_the_end_by_itself(page: Page, asked_for: list[str]) -> None:
    """The fragment asks until the run has ended, the page shows the result, and asks no more."""
    expect(page.locator("#proposal")).to_be_visible(timeout=ENDED_MS)
    assert any("/status/" in url for url in asked_for), "it never asked where the run stands"
    n_asked = len(asked_for)
    page.wait_for_timeout(2_600)  # it asks every two seconds while a run is active
    assert asked_for[n_asked:] == []


def the_proposal_says_who_why_and_why_not(page: Page) -> None:
    assert 0 < int(fact(page, "Coverage of the open effort").split("%")[0].split(".")[0]) <= 100
    assert "USD" in fact(page, "Cost")
    assert "%" in fact(page, "Gap to the best possible")
    first = page.locator("#decide tbody tr").first.locator("td")
    assert re.search(r"coverage \+[\d,]+ fit \+[\d,]+ cost", first.nth(4).inner_text())
    assert "USD" in first.nth(5).inner_text()
    unfilled = page.locator(".th-open-rows tbody tr")
    expect(unfilled).not_to_have_count(0)
    for row in unfilled.all():
        why = row.locator("td").last.inner_text().strip()
        assert why
        assert why != "No rule recorded"
    expect(unfilled.filter(has_text="Medical imaging").first).to_be_visible()
    assert_fits(page)


def ada_accepts(page: Page) -> tuple[list[str], list[str]]:
    """One row, then the rest; two rows that wait for olga: seat and person of each."""
    own = rows(page, "Applications").first
    own.locator("[name=row]").check()
    page.click("button:has-text('Accept ticked')")
    toast(page, "1 row accepted.")
    assert fact(page, "Decided").startswith("1 accepted, 0 requested")

    one = rows(page, OLGAS).first
    one.locator("[name=row]").check()
    page.click("button:has-text('Accept ticked')")
    toast(page, "1 row waits for another lead.")
    assert fact(page, "Decided").startswith("1 accepted, 1 requested")

    page.locator("button[name=all]").click()
    toast(page, "rows accepted.")
    expect(page.locator("#decide [name=row]")).to_have_count(0)
    expect(page.locator("button[name=all]")).to_have_count(0)
    waiting = rows(page, OLGAS)
    expect(waiting.filter(has_text="requested")).to_have_count(waiting.count())
    assert waiting.count() >= 2
    asked = [
        [row.locator("td a").inner_text(), row.locator("th").inner_text().split("\n")[0]]
        for row in waiting.all()
    ]
    return asked[0], asked[-1]


def olga_answers(
    page: Page,
    product: Product,
    approved: list[str],
    declined: list[str],
    complaints: Complaints,
) -> None:
    def asked(what: list[str]) -> Locator:
        waiting = page.locator("#request-list tbody tr", has=page.locator("button[value=approve]"))
        return waiting.filter(has_text=what[0]).filter(has_text=what[1]).first

    page.goto(f"{product.url}/requests/")
    asked(approved).get_by_role("button", name="Approve").click()
    toast(page, "Approved: the assignment is confirmed.")

    complaints.allow("status of 400")
    asked(declined).get_by_role("button", name="Decline").click()
    expect(page.locator("main")).to_contain_text("Say why you decline")
    expect(asked(declined).locator("[name=reason]")).to_be_focused()
    asked(declined).locator("[name=reason]").fill("Needed on the platform.")
    asked(declined).get_by_role("button", name="Decline").click()
    toast(page, "Declined: the slot is open again.")
