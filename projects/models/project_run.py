"""What the runs about projects have in common: their names, and who sees and steers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models.project import Project
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.runs.models import Run

MAX_NAMED = 3


class ProjectRun(Run):
    """A run with a many-to-many field `projects`."""

    subject_needs = ("projects",)

    if TYPE_CHECKING:
        projects: Any

    class Meta(Run.Meta):
        abstract = True

    @property
    def subject(self) -> str:
        """Names of its projects; the first three of many."""
        names = [project.name for project in self.projects.all()]
        more = len(names) - MAX_NAMED
        shown = ", ".join(names[:MAX_NAMED])
        if more <= 0:
            return shown
        return str(_("%(names)s and %(more)d more")) % {"names": shown, "more": more}

    @classmethod
    def about(cls, words: str) -> Q:
        return cls._with_projects(project__name__icontains=words)

    @classmethod
    def also_visible_to(cls, user: User) -> Q:
        """Whoever leads one of its projects."""
        return cls._with_projects(project_id__in=Project.objects.led_by(user).values("pk"))

    @classmethod
    def _with_projects(cls, **which: Any) -> Q:
        scope = cls.projects.through.objects.filter(**which)
        return Q(pk__in=scope.values(f"{cls._meta.model_name}_id"))

    def copy_relations(self, original: Self) -> None:
        self.projects.set(original.projects.all())

    def may_be_controlled_by(self, user: User) -> bool:
        if permissions.is_administrator(user) or self.requested_by_id == user.pk:
            return True
        return self.projects.filter(pk__in=Project.objects.led_by(user)).exists()
