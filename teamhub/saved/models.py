"""Views of a list under a name: its filters, order and columns, as its address has them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from teamhub.accounts import permissions
from teamhub.accounts.models import User

QUERY_LENGTH = 1000


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> SavedViewQuerySet:
        """One's own, and those that others share; a view holds no rows, only a question."""
        if not user.is_authenticated or not permissions.has_scope(user, "read"):
            return self.none()
        return self.filter(Q(owner=user) | Q(shared=True))


class SavedView(models.Model):
    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views")
    page = models.CharField(_("list"), max_length=40)  # a key of teamhub.saved.lists
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filters"), max_length=QUERY_LENGTH, blank=True)
    shared = models.BooleanField(_("shared"), default=False)
    favourites = models.ManyToManyField(User, related_name="favourite_views", blank=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "owner", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "page", "name"], name="saved_view_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def parameters(self) -> QueryDict:
        return QueryDict(self.query)
