"""An ML engineer uploads a file, is told what is wrong, trains, and watches the curves."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser import Complaints
from tests.e2e.visits import assert_fits, enter
from tests.integration.models_ml.scene import table
from tests.product import Product

# The demo's own two trainings come first in the queue; then TensorFlow starts.
ENDED_MS = 240_000

pytestmark = pytest.mark.timeout(400)


def payload(text: str) -> FilePayload:
    return FilePayload(name="clicks.csv", mimeType="text/csv", buffer=text.encode())


def upload(page: Page, product: Product, text: str) -> None:
    page.goto(f"{product.url}/models/datasets/upload/")
    page.set_input_files("[name=file]", payload(text))
    page.fill("[name=name]", "Clicks of the browser")
    page.click("button:has-text('Check and keep')")


def test_from_a_refused_file_to_a_model_with_curves(
    product: Product, page: Page, complaints: Complaints
) -> None:
    complaints.allow("422")
    enter(page, product, "mel")
    good = table(1200, seed=3, spread=20.0)

    upload(page, product, good.replace("near,far,label\n", "near,far,label\n1,two,0\n", 1))
    refusal = page.locator("[role=alert]")
    expect(refusal).to_contain_text("“two” is not a number")
    expect(refusal.locator("dd")).to_have_text(["2", "far"])
    upload(page, product, good)
    expect(page.locator("h1")).to_have_text("Clicks of the browser")
    expect(page.locator("main")).to_contain_text("1,200")

    page.click("a:has-text('Train on it')")
    page.get_by_label("Article's network, standardised").check()
    page.get_by_text("Settings").nth(1).click()
    page.fill("[name='seed-mlp-scaled--epochs']", "4")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Training run")
    address = page.url

    # Without a reload: curves epoch by epoch, then what the model is worth.
    numbers = page.locator("#training-curves details").first
    expect(numbers).to_be_visible(timeout=ENDED_MS)
    numbers.locator("summary").click()
    expect(page.locator("#training-report")).to_contain_text("ranks", timeout=ENDED_MS)
    expect(page.locator("#training-curves tbody tr")).to_have_count(8)  # loss and AUC
    expect(numbers).to_have_attribute("open", "")  # a new epoch did not shut it
    for chart in page.locator("[data-chart]").all():
        chart.scroll_into_view_if_needed()
        expect(chart.locator("canvas").first).to_be_visible()
    expect(page.locator("#training-report")).to_contain_text("Logistic regression")
    assert page.url == address
    assert_fits(page)

    page.click("a:has-text('Model version')")
    expect(page.locator("h1")).to_have_text(re.compile(r"seed-mlp-scaled \d+"))
    expect(page.get_by_role("link", name="model.keras")).to_be_visible()
    assert_fits(page)


def test_the_demos_models_show_one_that_learnt_and_one_that_failed_for_a_reason(
    product: Product, page: Page, phone: Page
) -> None:
    enter(page, product, "mel")
    page.goto(f"{product.url}/models/")
    rows = page.locator("#training-list tbody tr")
    page.wait_for_function(
        """async () => {
          const page = await (await fetch("/models/")).text();
          return !/>(Queued|Running)</.test(page);
        }""",
        timeout=ENDED_MS,
        polling=1000,
    )
    page.reload()
    expect(rows.filter(has_text="Recommendation clicks")).to_contain_text("Succeeded")
    expect(rows.filter(has_text="Contract renewals")).to_contain_text("Failed")

    for box in page.locator("#training-list [name=run]").all()[:2]:
        box.check()
    page.click("button:has-text('Compare ticked')")
    expect(page.locator("h1")).to_have_text("Compare training runs")
    expect(page.locator("main")).to_contain_text("differs")
    assert_fits(page)

    enter(phone, product, "mel")
    phone.goto(f"{product.url}/models/?status=failed")
    phone.locator("#training-list tbody a").first.click()
    expect(phone.locator("[role=alert]")).to_contain_text("no finite numbers")
    assert_fits(phone)
