"""Chromium for the e2e tests. What the console complains about fails the test."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.missing import missing

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

ARTIFACTS = Path(__file__).parent / ".artifacts"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDE = {"width": 1400, "height": 900}
PHONE = {"width": 390, "height": 844}
TIMEOUT_MS = 10_000
_TELL_CSP = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`);
});
"""


@dataclass
class Complaints:
    """What the browser complained about; `allow` what the test provokes on purpose."""

    found: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, pattern: str) -> None:
        self.allowed.append(pattern)

    def unexpected(self) -> list[str]:
        return [
            words
            for words in self.found
            if not any(re.search(pattern, words) for pattern in self.allowed)
        ]

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"script: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.found.append(f"{message.text} ({message.location.get('url', '')})")


class NewPage(Protocol):
    def __call__(self, *, phone: bool = False, locale: str = "en-US") -> Page: ...


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium on this machine: CHROMIUM, or one of the PATH."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        missing("Chromium", "Install chromium, or set CHROMIUM to its path.")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One headless Chromium for the session."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=TIMEOUT_MS)
    # Playwright's synchronous calls run inside an event loop, which Django would refuse.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    arguments = ["--disable-dev-shm-usage"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield started
        started.close()


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def new_page(
    browser: Browser, complaints: Complaints, request: pytest.FixtureRequest
) -> Iterator[NewPage]:
    """Open pages with cookies of their own; at the end nothing may have complained."""
    contexts: list[BrowserContext] = []

    def open_page(*, phone: bool = False, locale: str = "en-US") -> Page:
        context = browser.new_context(
            viewport=PHONE if phone else WIDE,  # type: ignore[arg-type]
            has_touch=phone,
            is_mobile=phone,
            locale=locale,
        )
        contexts.append(context)
        context.set_default_timeout(TIMEOUT_MS)
        context.add_init_script(_TELL_CSP)
        page = context.new_page()
        complaints.watch(page)
        return page

    failed_before = request.session.testsfailed
    yield open_page
    unexpected = complaints.unexpected()
    if unexpected or request.session.testsfailed > failed_before:
        _take_pictures(contexts, request.node.name)
    for context in contexts:
        context.close()
    assert not unexpected, f"the browser complained: {unexpected}"


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A page of 1400 x 900."""
    return new_page()


@pytest.fixture
def phone(new_page: NewPage) -> Page:
    """A page of 390 x 844 with touch."""
    return new_page(phone=True)


def _take_pictures(contexts: list[BrowserContext], test: str) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    name = re.sub(r"[^\w.-]+", "_", test)
    for number, page in enumerate(page for context in contexts for page in context.pages):
        page.screenshot(path=ARTIFACTS / f"{name}-{number}.png", full_page=True)


def log_in(page: Page, url: str, username: str, password: str) -> None:
    """Log in as people do, by the form."""
    from django.urls import reverse

    page.goto(f"{url}{reverse('accounts:login')}")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.click("form:has(input[name=password]) [type=submit]")
    page.wait_for_load_state()
