"""What programs read about people and the catalog. Fields that a user may not see are left out."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from roles.models import Absence, Department, Person, PersonSkill, Role, Side, Site, Skill
from teamhub.api.imports import ImportIn


class HeldSkillOut(serializers.Serializer[PersonSkill]):
    skill = serializers.CharField(source="skill.key")
    name = serializers.CharField(source="skill.name")
    level = serializers.IntegerField(min_value=1, max_value=5)
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    evidence = serializers.CharField(allow_blank=True)
    state = serializers.SerializerMethodField()

    @extend_schema_field(serializers.CharField(help_text="valid, expired or future, today"))
    def get_state(self, held: PersonSkill) -> str:
        return held.state_on(self.context["today"])


class AbsenceOut(serializers.Serializer[Absence]):
    first_on = serializers.DateField()
    last_on = serializers.DateField()


LOAD_FIELDS = (
    "email",
    "weekly_hours",
    "employed_from",
    "employed_to",
    "max_concurrent_projects",
)


class PersonOut(serializers.Serializer[Person]):
    """Context: today; with_load, the ids of people whose load the user sees; with_money."""

    id = serializers.IntegerField(source="pk")
    key = serializers.CharField()
    name = serializers.CharField()
    department = serializers.CharField(source="department.key")
    site = serializers.CharField(source="site.key")
    time_zone = serializers.CharField()
    roles = serializers.SerializerMethodField()
    skills = HeldSkillOut(many=True)
    # To those who see the person's load:
    email = serializers.CharField(required=False, allow_blank=True)
    weekly_hours = serializers.DecimalField(4, 1, required=False, coerce_to_string=False)
    employed_from = serializers.DateField(required=False, allow_null=True)
    employed_to = serializers.DateField(required=False, allow_null=True)
    max_concurrent_projects = serializers.IntegerField(required=False)
    # To those who see money:
    rate_per_fte_week = serializers.DecimalField(12, 2, required=False)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_roles(self, person: Person) -> list[str]:
        return [role.key for role in person.roles.all()]

    def to_representation(self, instance: Person) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        if instance.pk not in self.context["with_load"]:
            for name in self.load_fields():
                shown.pop(name, None)
        if not self.context["with_money"]:
            shown.pop("rate_per_fte_week", None)
        return shown

    def load_fields(self) -> tuple[str, ...]:
        return LOAD_FIELDS


class PersonDetailOut(PersonOut):
    absences = AbsenceOut(many=True, required=False)

    def load_fields(self) -> tuple[str, ...]:
        return (*LOAD_FIELDS, "absences")


class DepartmentOut(serializers.Serializer[Department]):
    id = serializers.IntegerField(source="pk")
    key = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    name_zh = serializers.CharField(allow_blank=True)
    parent = serializers.CharField(  # type: ignore[assignment]
        source="parent.key", allow_null=True, default=None
    )


class SiteOut(serializers.Serializer[Site]):
    id = serializers.IntegerField(source="pk")
    key = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    name_zh = serializers.CharField(allow_blank=True)
    country = serializers.CharField(allow_blank=True)
    time_zone = serializers.CharField()
    calendar = serializers.CharField(source="calendar.key", allow_null=True, default=None)


class RoleOut(serializers.Serializer[Role]):
    id = serializers.IntegerField(source="pk")
    key = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    name_zh = serializers.CharField(allow_blank=True)
    discipline = serializers.CharField(source="discipline.key")
    side = serializers.ChoiceField(choices=Side.choices)


class SkillOut(serializers.Serializer[Skill]):
    id = serializers.IntegerField(source="pk")
    key = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    name_zh = serializers.CharField(allow_blank=True)
    discipline = serializers.CharField(source="discipline.key", allow_null=True, default=None)
    description = serializers.CharField(allow_blank=True)


class PeopleImportIn(ImportIn):
    kind = serializers.CharField(max_length=40, help_text="departments, people, skills or absences")
    create_missing = serializers.BooleanField(
        default=False,
        help_text="Create unknown skills (skills) and unknown sites (people, with a time zone).",
    )
