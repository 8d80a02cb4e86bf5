"""Reference data: calendars, disciplines, roles, skills, learning, the responsibility map."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from teamhub.names import Reference, in_active_language


class Side(models.TextChoices):
    """Who builds a project may not review it."""

    BUILD = "build", _("build")
    REVIEW = "review", _("review")
    OTHER = "other", _("other")


class SiteCalendar(Reference):
    """Public holidays and make-up working days of a country or region."""

    source = models.CharField(_("source"), max_length=300, blank=True)


class CalendarDay(models.Model):
    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("public holiday")
        WORKDAY = "workday", _("make-up working day")

    calendar = models.ForeignKey(SiteCalendar, models.CASCADE, related_name="days")
    on = models.DateField(_("day"))
    kind = models.CharField(max_length=8, choices=Kind)
    name_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["calendar", "on"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "on"], name="calendar_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {in_active_language(self.name_en, self.name_zh)}"


class Discipline(Reference):
    duty_en = models.CharField(max_length=300)
    duty_zh = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(Reference.Meta):
        ordering = ["position", "key"]

    @property
    def duty(self) -> str:
        return in_active_language(self.duty_en, self.duty_zh)


class Role(Reference):
    """What a person does in a project."""

    discipline = models.ForeignKey(Discipline, models.PROTECT, related_name="roles")
    side = models.CharField(_("side"), max_length=6, choices=Side)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(Reference.Meta):
        ordering = ["position", "key"]


class Skill(Reference):
    discipline = models.ForeignKey(
        Discipline, models.PROTECT, null=True, blank=True, related_name="skills"
    )
    description_en = models.CharField(max_length=300, blank=True)
    description_zh = models.CharField(max_length=300, blank=True)
    # Added by this company, not by the catalog's file: the sync does not retire it.
    is_own = models.BooleanField(default=False)

    @property
    def description(self) -> str:
        return in_active_language(self.description_en, self.description_zh)


class LearningResource(Reference):
    """A book or course that raises a skill."""

    class Kind(models.TextChoices):
        BOOK = "book", _("book")
        COURSE = "course", _("course")
        PAPER = "paper", _("paper")
        STANDARD = "standard", _("standard")
        DOCUMENTATION = "documentation", _("documentation")

    author = models.CharField(max_length=200, blank=True)
    publisher = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20, blank=True, choices=Kind)
    skills = models.ManyToManyField(Skill, related_name="learning_resources")


class MapNode(Reference):
    """A node of the responsibility map: a component or outcome somebody answers for."""

    kind = models.CharField(max_length=12)
    # One of the default roles: who answers for the node unless a project says otherwise.
    accountable_role = models.ForeignKey(
        Role, models.PROTECT, null=True, blank=True, related_name="accountable_for"
    )
    default_roles = models.ManyToManyField(Role, blank=True, related_name="map_nodes")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(Reference.Meta):
        ordering = ["position", "key"]


class MapNodeSkill(models.Model):
    node = models.ForeignKey(MapNode, models.CASCADE, related_name="needs")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["node", "skill"]
        constraints = [
            models.UniqueConstraint(fields=["node", "skill"], name="map_node_skill_once"),
            models.CheckConstraint(
                condition=Q(level__range=(1, 5)), name="map_node_skill_level_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node} · {self.skill} {self.level}"


class MapEdge(models.Model):
    source = models.ForeignKey(MapNode, models.CASCADE, related_name="edges_out")
    target = models.ForeignKey(MapNode, models.CASCADE, related_name="edges_in")

    class Meta:
        ordering = ["source", "target"]
        constraints = [
            models.UniqueConstraint(fields=["source", "target"], name="map_edge_once"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="map_edge_not_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"
