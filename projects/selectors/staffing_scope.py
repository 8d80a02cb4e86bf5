"""What somebody may staff at once: a department or the whole portfolio; weights by name."""

from __future__ import annotations

from django.db.models import QuerySet

from projects.models import Project, WeightProfile
from roles.models import Department
from teamhub.accounts.models import User

CLOSED = (Project.Status.DONE, Project.Status.CANCELLED)


def staffable(by: User, *, department: Department | None = None) -> QuerySet[Project]:
    """Projects that `by` may edit and that go on: all, or those of a department and below it."""
    found = Project.objects.editable_by(by).exclude(status__in=CLOSED)
    if department is None:
        return found
    return found.filter(department__in=Department.objects.at_or_below({department.pk}))


def profile_named(name: str, by: User) -> WeightProfile | None:
    """A weight profile that `by` sees, their own before a shared one of the same name."""
    found = list(WeightProfile.objects.visible_to(by).filter(name=name).order_by("owner", "pk"))
    own = [profile for profile in found if profile.owner_id == by.pk]
    return next(iter(own or found), None)
