"""A program reads the plan with a token that a manager made for it."""

from __future__ import annotations

import csv
import io
import json
from http.client import HTTPConnection

from playwright.sync_api import Page, expect

from tests.e2e.visits import enter
from tests.product import Product


def read(product: Product, address: str, token: str) -> tuple[int, str]:
    """Ask as a program does; status and body."""
    web = HTTPConnection("127.0.0.1", product.port, timeout=20)
    try:
        web.request("GET", address, headers={"Authorization": f"Token {token}"})
        answer = web.getresponse()
        return answer.status, answer.read().decode("utf-8-sig")
    finally:
        web.close()


def make_token(page: Page, name: str) -> str:
    page.click("summary.th-menu-button")
    page.get_by_role("link", name="API tokens").click()
    page.get_by_role("link", name="New token").first.click()
    page.fill("[name=name]", name)
    page.get_by_role("button", name="Make the token").click()
    return page.locator("#th-token").inner_text()


def test_a_program_reads_assignments_until_its_token_is_revoked(
    product: Product, page: Page
) -> None:
    enter(page, product, "ada")
    token = make_token(page, "weekly report")
    page.get_by_role("link", name="Done").click()
    row = page.locator("#token-list tbody tr", has_text="weekly report").first
    expect(row).to_contain_text("Active")
    assert token not in page.content()  # shown once

    assignments = "/api/v1/projects/assignments/?project=storefront-ranking"
    status, body = read(product, f"{assignments}&limit=200", token)
    assert status == 200
    listed = json.loads(body)
    assert listed["count"] == len(listed["results"]) > 0
    assert {one["project"] for one in listed["results"]} == {"storefront-ranking"}
    status, body = read(product, f"{assignments}&format=csv", token)
    assert status == 200
    lines = list(csv.DictReader(io.StringIO(body)))
    assert [(one["project"], one["person"], one["start_on"]) for one in lines] == [
        (one["project"], one["person"], one["start_on"]) for one in listed["results"]
    ]

    row.get_by_role("button", name="Revoke").click()
    expect(page.locator("#th-confirm")).to_contain_text("refused at once")
    page.locator("#th-confirm button[value=yes]").click()
    expect(row).to_contain_text("Revoked")
    status, body = read(product, assignments, token)
    assert status == 401
    assert json.loads(body)["error"]["message"]
