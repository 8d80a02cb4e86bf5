"""Projects by CSV; with a template the whole project is built from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.importers.base import Known, PlanImporter, known_named, known_users, slug
from projects.models import Project
from projects.models.project import PRIORITIES
from projects.services import templates
from projects.services.history import sign
from projects.services.projects import check_lead, create_project
from roles.models import Department, Site
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.errors import TeamHubError
from teamhub.web import csv_values
from teamhub.web.csv_import import Column, Planned, Row


class ProjectImporter(PlanImporter):
    kind = "projects"
    title = gettext_lazy("Projects")
    columns = (
        Column(
            "key",
            slug(),
            required=True,
            example="shop-recommender",
            help=gettext_lazy("Short name; finds the project again in the next import"),
        ),
        Column("name", csv_values.text(120), required=True, example="Recommender of the shop"),
        Column(
            "domain",
            csv_values.text(40),
            example="recommender",
            help=gettext_lazy("Key of an application domain, or blank"),
        ),
        Column(
            "department",
            required=True,
            example="applications",
            help=gettext_lazy("Key of a department"),
        ),
        Column("site", required=True, example="berlin", help=gettext_lazy("Key of a site")),
        Column(
            "lead",
            required=True,
            example="ada@example.org",
            help=gettext_lazy("User name or e-mail of a manager or administrator"),
        ),
        Column(
            "deputies",
            csv_values.many(csv_values.text()),
            example="bo; cy",
            help=gettext_lazy("User names or e-mails, separated by semicolons"),
        ),
        Column(
            "priority",
            csv_values.integer(PRIORITIES[0], PRIORITIES[-1]),
            example="2",
            default=2,
            help=gettext_lazy("1 to 5 (highest); blank: 2"),
        ),
        Column(
            "status",
            csv_values.choice(Project.Status.values),
            example="active",
            default=Project.Status.PLANNED.value,
            help=gettext_lazy("planned, active, done or cancelled; blank: planned"),
        ),
        Column(
            "start_on",
            csv_values.monday,
            required=True,
            example="2027-01-04",
            help=gettext_lazy("First week: a Monday, or a week such as 2027-W01"),
        ),
        Column(
            "budget",
            csv_values.decimal(least=0, most=10**11),
            example="250000",
            help=gettext_lazy("People budget in the company's currency, or blank"),
        ),
        Column(
            "template",
            csv_values.text(40),
            help=gettext_lazy("Domain whose template builds a new project; blank: empty phases"),
        ),
    )
    unique = (("key",),)

    def plan(self, rows: list[Row]) -> Iterator[Planned]:
        if self.has("budget") and not permissions.may_see_money(self.by):
            self.error(1, "budget", _("You may not set budgets. Leave this column out."))
            return
        self._users = known_users()
        self._departments = known_named(_("Department"), Department.objects.all())
        self._sites = known_named(_("Site"), Site.objects.all())
        self._domains = {one.key: one.ready for one in templates.domains()}
        present = {
            project.key.casefold(): project
            for project in Project.objects.select_for_update(of=("self",))
            .select_related("department", "site", "lead")
            .prefetch_related("deputies")
            .order_by("pk")
        }
        for row in rows:
            values = self._values(row)
            if values is None:
                continue
            project = present.get(row["key"].casefold())
            if project is None:
                yield Planned(row.line, "create", row["name"], self._creator(row, values))
            else:
                yield self._update(row, project, values)

    def _values(self, row: Row) -> dict[str, Any] | None:
        department = self.find(row, "department", self._departments)
        site = self.find(row, "site", self._sites)
        lead = self.find(row, "lead", self._users)
        deputies = self._deputies(row, self._users)
        fits = self._check_lead(row, lead) and self._check_domains(row)
        if department is None or site is None or lead is None or deputies is None or not fits:
            return None
        return {
            "name": row["name"],
            "domain": row.get("domain") or row.get("template") or "",
            "department": department,
            "site": site,
            "lead": lead,
            "deputies": [user for user in deputies if user.pk != lead.pk],
            "priority": row["priority"],
            "status": row["status"],
            "start_on": row["start_on"],
            "budget": row["budget"],
        }

    def _check_lead(self, row: Row, lead: User | None) -> bool:
        if lead is None:
            return False
        try:
            check_lead(lead)
        except TeamHubError as error:
            self.error(row, "lead", str(error))
            return False
        return True

    def _check_domains(self, row: Row) -> bool:
        before = len(self._errors)
        domain, template = row.get("domain", ""), row.get("template", "")
        known = ", ".join(self._domains)
        if domain and domain not in self._domains:
            text = _("There is no domain “%(key)s”. Domains: %(keys)s, or blank.")
            self.error(row, "domain", text % {"key": domain, "keys": known})
        if template and not self._domains.get(template, False):
            ready = ", ".join(key for key, is_ready in self._domains.items() if is_ready)
            text = _("There is no template “%(key)s”. Templates: %(keys)s, or blank.")
            self.error(row, "template", text % {"key": template, "keys": ready})
        elif template and domain and template != domain:
            self.error(row, "template", _("Domain and template differ. Leave one of them blank."))
        return len(self._errors) == before

    def _deputies(self, row: Row, users: Known[User]) -> list[User] | None:
        found = []
        for word in row.get("deputies", []):
            user = users.get(word)
            if user is None:
                self.error(row, "deputies", users.unknown(word))
                return None
            found.append(user)
        return found

    def _creator(self, row: Row, values: dict[str, Any]) -> Any:
        def create() -> None:
            create_project(key=row["key"], template=row.get("template", ""), by=self.by, **values)

        return create

    def _update(self, row: Row, project: Project, values: dict[str, Any]) -> Planned:
        """Columns that the file leaves out keep their values; so does the template's work."""
        if not self.has("domain"):
            values.pop("domain")
        deputies = values.pop("deputies")
        given = {name: value for name, value in values.items() if self.has(name)}
        planned = self.upsert(
            row, project, given, label=project.name, save=lambda: self._save_project(project)
        )
        before = {user.pk for user in project.deputies.all()}
        if self.has("deputies") and before != {user.pk for user in deputies}:
            planned.action = "update"
            planned.changes = {
                **planned.changes,
                "deputies": (
                    "; ".join(sorted(user.username for user in project.deputies.all())),
                    "; ".join(sorted(user.username for user in deputies)),
                ),
            }
            planned.save = lambda: self._save_project(project, deputies)
        return planned

    def _save_project(self, project: Project, deputies: list[User] | None = None) -> None:
        project.version += 1
        sign(project, self.by)
        project.full_clean(exclude=["department", "site", "lead"], validate_unique=False)
        project.save()
        if deputies is not None:
            project.deputies.set(deputies)
