"""Departments with the department above them and their leads."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roles.importers import cells
from roles.models import Department
from teamhub.accounts.models import User
from teamhub.web import csv_values
from teamhub.web.csv_import import Column, Planned, Row


class DepartmentImporter(cells.RolesImporter):
    kind, title = "departments", gettext_lazy("Departments")
    unique = (("key",),)
    columns = (
        Column("key", cells.key, required=True, example="vision"),
        Column("name", csv_values.text(120), required=True, example="Computer vision"),
        Column("name_zh", csv_values.text(120), default="", example="计算机视觉部"),
        Column(
            "parent",
            cells.key,
            help=gettext_lazy("Key of the department above; blank at the top."),
        ),
        Column(
            "leads",
            cells.names,
            default=[],
            help=gettext_lazy("User names, with ; between them."),
        ),
    )

    def plan(self, rows: list[Row]) -> Iterator[Planned]:
        # All of them, in one order: two imports at once could otherwise close a circle.
        known = {one.key: one for one in Department.objects.select_for_update().order_by("pk")}
        leads = _leads(known)
        users = self._users(rows)
        self._rows = {row["key"]: row for row in rows}
        self._departments = {
            row["key"]: known.get(row["key"]) or Department(key=row["key"]) for row in rows
        }
        everyone = known | self._departments
        self._leads: dict[str, list[User]] = {}
        key_of = {one.pk: one.key for one in known.values()}
        self._parents = {one.key: key_of.get(one.parent_id or 0) for one in known.values()}
        for row in rows:
            yield self._row(row, everyone, leads, users)
        if self.has("parent"):
            self._refuse_circles()

    def _row(
        self,
        row: Row,
        everyone: dict[str, Department],
        leads: dict[int, set[str]],
        users: dict[str, User],
    ) -> Planned:
        department = self._departments[row["key"]]
        was = None if department.pk is None else self._parents.get(department.key)
        values = {"name_en": row["name"], **self.present({"name_zh": row["name_zh"]})}
        planned = self.later(row, department, values, label=row["name"])
        self.check(row, department)
        if self.has("parent"):
            if row["parent"]:
                self.find(row, "parent", row["parent"], everyone, _("department"))
            self._parents[department.key] = row["parent"]
            self.note(planned, "parent", was, row["parent"])
        if self.has("leads"):
            self._leads[department.key] = self.find_all(
                row, "leads", row["leads"], users, _("user")
            )
            now = leads.get(department.pk or 0, set())
            self.note(planned, "leads", sorted(now), sorted(set(row["leads"])))
        return planned

    @staticmethod
    def _users(rows: list[Row]) -> dict[str, User]:
        wanted = {name for row in rows for name in row["leads"]}
        return {user.username: user for user in User.objects.all() if user.username in wanted}

    def _refuse_circles(self) -> None:
        for key, row in self._rows.items():
            seen, above = {key}, self._parents.get(key)
            while above is not None and above not in seen:
                seen.add(above)
                above = self._parents.get(above)
            if above == key:
                self.error(row, "parent", _("A department cannot be above itself."))

    def write(self, planned: list[Planned]) -> None:
        written = {row.line for row in planned if row.action != "unchanged"}
        rows = [row for row in self._rows.values() if row.line in written]
        for row in rows:
            # Saved without its parent first: that one may come further down.
            self._departments[row["key"]].save()
        saved = {one.key: one for one in Department.objects.all()} | self._departments
        for row in rows:
            department = self._departments[row["key"]]
            if self.has("parent"):
                department.parent = saved[row["parent"]] if row["parent"] else None
                department.save(update_fields=["parent"])
            if self.has("leads"):
                department.leads.set(self._leads[department.key])


def _leads(known: dict[str, Department]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    through = Department.leads.through.objects.values_list("department", "user__username")
    for department, username in through:
        found.setdefault(department, set()).add(username)
    return found
