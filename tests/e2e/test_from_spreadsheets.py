"""From spreadsheets to an overload grid in one sitting, before any solver runs."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import FilePayload, Page, expect

from teamhub import weeks
from tests.browser import Complaints, log_in
from tests.e2e.visits import assert_fits, this_week
from tests.product import Product

PASSWORD = "correct horse battery"
DEPARTMENTS = "key,name,name_zh,leads\nvision,Computer vision,计算机视觉部,root\n"
PEOPLE = """key,name,department,site,time_zone,roles,rate_per_fte_week
mei-lin,Mei Lin,{department},oslo,Europe/Oslo,nlp,3000
jon-ek,Jon Ek,vision,oslo,Europe/Oslo,nlp; data,2500
"""
SKILLS = "person,skill,level\nmei-lin,nlp,4\njon-ek,nlp,3\n"
PROJECTS = """key,name,department,site,lead,status,start_on
search,Search ranking,vision,oslo,root,active,{start}
chat,Chat helper,vision,oslo,root,active,{start}
"""
PHASES = (
    "project,phase,start_on,end_on\nsearch,training,{first},{end}\nchat,training,{first},{end}\n"
)
SEATS = """project,role,label,phase,fte_share,skills
search,nlp,ranker,training,0.8,nlp:3
chat,nlp,dialogue,training,0.7,nlp:3
"""
ASSIGNMENTS = """project,role,label,phase,person
search,nlp,ranker,training,{person}
chat,nlp,dialogue,training,mei-lin
"""


@pytest.fixture(scope="module")
def root(empty_product: Product) -> str:
    """An administrator, made as an installer makes one."""
    empty_product.env["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
    empty_product.manage(
        "createsuperuser", "--noinput", "--username", "root", "--email", "root@example.org"
    )
    return "root"


def choose(page: Page, kind: str, content: str, *, create_missing: bool = False) -> None:
    """Choose a kind and a file, and ask for the preview."""
    page.select_option("#id_kind", kind)
    file = FilePayload(name=f"{kind}.csv", mimeType="text/csv", buffer=content.encode())
    page.set_input_files("#id_file", files=[file])
    if create_missing:
        page.check("[name=create_missing]")
    page.click("button:has-text('Preview')")
    expect(page.locator("#th-import-title")).to_be_visible()


def commit(page: Page, n_lines: int) -> None:
    expect(page.locator("#th-import-title")).to_have_text("2. Check and import")
    expect(page.locator(".th-import-counts")).to_contain_text(f"{n_lines} new")
    page.click("button:has-text('Import all lines')")
    page.wait_for_load_state()


def errors_of(page: Page) -> list[list[str]]:
    """The rows of the table of errors: line, column, what is wrong."""
    expect(page.locator("#th-import-title")).to_have_text("2. Fix the file")
    rows = page.locator("section[aria-labelledby=th-import-title] tbody tr").all()
    return [row.locator("td").all_inner_texts() for row in rows]


def test_spreadsheets_become_an_overload_grid_in_one_sitting(
    empty_product: Product, root: str, page: Page, complaints: Complaints
) -> None:
    complaints.allow("status of 422")  # the previews with a row error
    start = this_week()
    first, end = weeks.add_weeks(start, 1), weeks.add_weeks(start, 4)
    log_in(page, empty_product.url, root, PASSWORD)

    people_arrive(page, empty_product.url)
    the_plan_arrives(page, empty_product.url, start, first, end)

    page.goto(f"{empty_product.url}/load/")
    overbooked = page.locator(".th-grid tbody tr", has_text="Mei Lin")
    over = overbooked.locator("td.th-load-over")
    expect(over).to_have_count(3)
    for week in over.all():
        expect(week.locator("span[aria-hidden]")).to_have_text("1.50")
        expect(week.locator("svg")).to_be_visible()  # never by colour alone
        expect(week).to_contain_text("1.50 of 1.00 FTE, over")
    expect(overbooked.locator("td").last).to_have_text("3")
    calm = page.locator(".th-grid tbody tr", has_text="Jon Ek")
    expect(calm.locator(".th-load-over")).to_have_count(0)
    assert_fits(page)

    page.goto(f"{empty_product.url}/runs/")
    expect(page.locator("main")).to_contain_text("No run that you may see")


def people_arrive(page: Page, url: str) -> None:
    page.goto(f"{url}/people/import/")
    choose(page, "departments", DEPARTMENTS)
    commit(page, 1)

    page.goto(f"{url}/people/import/")
    choose(page, "people", PEOPLE.format(department="visoin"), create_missing=True)
    [[line, column, wrong]] = errors_of(page)
    assert (line, column) == ("2", "department")
    assert "visoin" in wrong
    assert "vision" in wrong  # it names the nearest key
    choose(page, "people", PEOPLE.format(department="vision"), create_missing=True)
    commit(page, 2)
    assert page.url.endswith("/people/")
    expect(page.locator("main")).to_contain_text("Mei Lin")

    day = this_week()
    absences = f"person,first_on,last_on,reason\njon-ek,{day},{day},Moving house\n"
    for kind, content, lines in (("skills", SKILLS, 2), ("absences", absences, 1)):
        page.goto(f"{url}/people/import/")
        choose(page, kind, content)
        commit(page, lines)


def the_plan_arrives(page: Page, url: str, start: date, first: date, end: date) -> None:
    for kind, content in (
        ("projects", PROJECTS.format(start=start)),
        ("phases", PHASES.format(first=first, end=end)),
        ("seats", SEATS),
    ):
        page.goto(f"{url}/projects/import/")
        choose(page, kind, content)
        if kind == "phases":
            expect(page.locator(".th-import-counts")).to_contain_text("2 changed")
            page.click("button:has-text('Import all lines')")
        else:
            commit(page, 2)

    page.goto(f"{url}/projects/import/")
    choose(page, "assignments", ASSIGNMENTS.format(person="mei-linn"))
    [[line, column, wrong]] = errors_of(page)
    assert (line, column) == ("2", "person")
    assert "mei-lin" in wrong
    page.goto(f"{url}/load/")
    expect(page.locator("td.th-load-over")).to_have_count(0)  # nothing was written
    page.goto(f"{url}/projects/import/")
    choose(page, "assignments", ASSIGNMENTS.format(person="mei-lin"))
    commit(page, 2)
