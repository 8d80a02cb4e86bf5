"""People with department, site, roles, contract and employment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roles.importers import cells
from roles.models import Department, Person, Role, Site
from roles.services import bulk
from roles.services.departments import create_site
from teamhub.accounts import permissions
from teamhub.web import csv_values
from teamhub.web.csv_import import Column, Planned, Row

RATE = "rate_per_fte_week"
# Columns that are fields of the same name.
PLAIN = (
    "email",
    "weekly_hours",
    "employed_from",
    "employed_to",
    RATE,
    "max_concurrent_projects",
)


class PersonImporter(cells.RolesImporter):
    kind, title = "people", gettext_lazy("People")
    unique = (("key",),)
    columns = (
        Column("key", cells.key, required=True, example="wei-zhang"),
        Column("name", csv_values.text(120), required=True, example="Wei Zhang"),
        Column(
            "sort_name",
            csv_values.text(120),
            default="",
            help=gettext_lazy("Where the person stands in lists, such as pinyin; else by name."),
        ),
        Column("email", csv_values.email, default="", example="wei.zhang@example.com"),
        Column("department", cells.key, required=True, example="vision"),
        Column("site", cells.key, required=True, example="shanghai"),
        Column(
            "time_zone",
            cells.time_zone,
            default="",
            example="Asia/Shanghai",
            help=gettext_lazy("Blank: that of the site."),
        ),
        Column(
            "roles",
            cells.keys,
            default=[],
            example="cv; nlp",
            help=gettext_lazy("Keys of roles, with ; between them."),
        ),
        Column(
            "weekly_hours",
            csv_values.decimal(0, 80, 1),
            default=Decimal(40),
            example="40",
            help=gettext_lazy("Contract hours a week, 0 to 80. Blank: 40."),
        ),
        Column("employed_from", csv_values.date, example="2024-03-01"),
        Column(
            "employed_to", csv_values.date, help=gettext_lazy("Last day; blank while it is open.")
        ),
        Column(
            RATE,
            csv_values.decimal(0, Decimal("9999999999.99"), 2),
            default=Decimal(0),
            example="3200",
            help=gettext_lazy("Cost of one full-time week in the company's currency."),
        ),
        Column(
            "max_concurrent_projects",
            csv_values.integer(1, 99),
            default=2,
            example="2",
            help=gettext_lazy("Projects at the same time, at least 1. Blank: 2."),
        ),
    )

    def plan(self, rows: list[Row]) -> Iterator[Planned]:
        self._known = {
            one.key: one
            for one in Person.objects.select_for_update(of=("self",))
            .select_related("department", "site")
            .order_by("pk")
        }
        self._departments = {one.key: one for one in Department.objects.all()}
        self._sites = {one.key: one for one in Site.objects.all()}
        self._all_roles = {one.key: one for one in Role.objects.filter(retired_on=None)}
        self._roles_of = _roles_of_people()
        self._new: list[Person] = []
        self._changed: list[Person] = []
        self._fields: set[str] = set()
        self._roles: dict[str, list[Role]] = {}
        for row in rows:
            yield self._row(row)

    def _row(self, row: Row) -> Planned:
        department = self.find(
            row, "department", row["department"], self._departments, _("department")
        )
        site = self._site(row)
        roles = self.find_all(row, "roles", row["roles"], self._all_roles, _("role"))
        self._refuse_rate(row)
        in_order = self.in_order(row, "employed_from", "employed_to")
        if department is None or site is None:
            return Planned(row.line, "unchanged", row["name"])
        person = self._known.get(row["key"]) or Person(key=row["key"])
        values = self._values(row, person, department, site)
        if person._state.adding:
            # Defaults of the model stand for columns that the file does not have.
            values = {name: getattr(person, name) for name in PLAIN} | values
        planned = self.later(row, person, values, row["name"])
        if in_order:
            self._employed_in_order(row, person)
        self.check(row, person, exclude=["time_zone"])
        if self.has("roles"):
            before = self._roles_of[person.pk] if person.pk else []
            after = sorted(role.key for role in roles)
            self.note(planned, "roles", before, after)
            if before != after:
                self._roles[person.key] = roles
        self._take(planned, person)
        return planned

    def _values(
        self, row: Row, person: Person, department: Department, site: Site
    ) -> dict[str, Any]:
        values = {
            "name": row["name"],
            "department": department,
            "site": site,
            **self.present({name: row[name] for name in PLAIN}),
        }
        if RATE in values and not permissions.may_see_money(self.by):
            values.pop(RATE)
        if self.has("time_zone") or person.pk is None:
            values["time_zone"] = row["time_zone"] or site.time_zone
        chosen = row["sort_name"] if self.has("sort_name") else person.sort_name
        if chosen in ("", person.name.casefold()):
            chosen = row["name"].casefold()
        values["sort_name"] = chosen
        return values

    def _site(self, row: Row) -> Site | None:
        key, zone = row["site"], row["time_zone"]
        if key not in self._sites and self.create_missing and zone:
            self._sites[key] = create_site(key=key, name_en=key, time_zone=zone, by=self.by)
            self.makes(_("site %(key)s (%(zone)s)") % {"key": key, "zone": zone})
        if key not in self._sites and self.create_missing:
            self.error(
                row,
                "time_zone",
                _("The new site “%(site)s” needs a time zone.") % {"site": key},
            )
            return None
        return self.find(row, "site", key, self._sites, _("site"))

    def _refuse_rate(self, row: Row) -> None:
        if self.has(RATE) and row[RATE] and not permissions.may_see_money(self.by):
            self.error(row, RATE, _("You may not import rates. Leave this column out."))

    def _employed_in_order(self, row: Row, person: Person) -> None:
        """A file with one of the two dates meets the other one in the database."""
        start, end = person.employed_from, person.employed_to
        if start and end and end < start:
            self.error(
                row,
                "employed_to" if self.has("employed_to") else "employed_from",
                _("The employment would end (%(end)s) before it begins (%(start)s).")
                % {"start": start, "end": end},
            )

    def _take(self, planned: Planned, person: Person) -> None:
        if planned.action == "create":
            self._new.append(person)
        elif planned.action == "update":
            self._changed.append(person)
            self._fields |= set(planned.changes) - {"roles"}

    def write(self, planned: list[Planned]) -> None:
        bulk.store_people(self._new, self._changed, self._fields, self._roles, by=self.by)


def _roles_of_people() -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    through = Person.roles.through.objects.order_by("role__key")
    for person, role in through.values_list("person", "role__key"):
        found[person].append(role)
    return found
