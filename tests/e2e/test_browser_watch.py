"""The watch over the browser sees what must fail a test."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser import Complaints, NewPage


def serve(page: Page, html: str, policy: str = "") -> None:
    """Open a page of this content, as a server would send it."""
    address = "http://served.test/"
    headers = {"Content-Type": "text/html", "Content-Security-Policy": policy}
    page.route(address, lambda route: route.fulfill(body=html, headers=headers))
    page.goto(address)


def test_a_console_error_is_a_complaint(page: Page, complaints: Complaints) -> None:
    complaints.allow("^out of order")

    page.evaluate("console.error('out of order')")

    assert [words.split(" (")[0] for words in complaints.found] == ["out of order"]
    assert complaints.unexpected() == []


def test_an_error_of_a_script_is_a_complaint(page: Page, complaints: Complaints) -> None:
    complaints.allow("^script: .*broken")

    page.set_content("<p>x</p>")
    page.evaluate("setTimeout(() => { throw new Error('broken'); })")
    page.wait_for_timeout(200)

    assert len(complaints.found) == 1


def test_a_breach_of_the_content_security_policy_is_a_complaint(
    page: Page, complaints: Complaints
) -> None:
    complaints.allow("CSP|Content Security Policy")

    serve(page, "<p>x</p><script>1</script>", policy="script-src 'self'")
    page.wait_for_timeout(200)

    assert any(words.startswith("CSP: script-src") for words in complaints.found)


def test_what_is_not_allowed_stays_unexpected() -> None:
    complaints = Complaints(found=["status of 500"], allowed=["status of 422"])

    assert complaints.unexpected() == ["status of 500"]


def test_a_phone_is_narrow(new_page: NewPage) -> None:
    page = new_page(phone=True)

    serve(page, "<meta name=viewport content='width=device-width'><p>x</p>")

    assert page.evaluate("window.innerWidth") == 390
