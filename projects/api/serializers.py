"""What the API takes and answers for projects, slots and checklist items."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework import serializers

from projects.exporting import written_needs
from projects.models import ChecklistItem, Phase, Requirement, Seat, Slot
from roles.models import Department, Site
from teamhub.accounts.models import User
from teamhub.api.serializers import Input

MAX_WORD = 254  # characters: an e-mail address


class KeyField(serializers.CharField):
    """A row named by its key, or by its id."""

    def __init__(self, model: Any, *, noun: str, **options: Any) -> None:
        super().__init__(**options)
        self.model, self.noun = model, noun

    def to_internal_value(self, data: Any) -> Any:
        word = super().to_internal_value(data)
        found = None if "\0" in word or len(word) > MAX_WORD else self.find(word)
        if found is None:
            raise serializers.ValidationError(
                _("There is no %(noun)s “%(word)s”.") % {"noun": self.noun, "word": word[:60]}
            )
        return found

    def find(self, word: str) -> Any:
        row = self.model.objects.filter(key=word).first()
        if row is None and word.isascii() and word.isdigit() and len(word) < 16:
            row = self.model.objects.filter(pk=int(word)).first()
        return row


class LeadField(KeyField):
    """A user named by user name or e-mail."""

    def find(self, word: str) -> User | None:
        users = User.objects.filter(Q(username__iexact=word) | Q(email__iexact=word))
        found = list(users.filter(is_active=True)[:2])
        return found[0] if len(found) == 1 else None


class ProjectIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    template = serializers.CharField(
        max_length=40,
        allow_blank=True,
        default="",
        help_text="Key of a domain template; blank: seven empty phases.",
    )
    start_on = serializers.DateField(help_text="A Monday.")
    department = KeyField(Department, noun="department", help_text="Key of a department.")
    lead = LeadField(User, noun="user", help_text="User name or e-mail.")
    site = KeyField(
        Site, noun="site", required=False, help_text="Key of a site; left out: the lead's."
    )
    key = serializers.SlugField(max_length=60, required=False)
    priority = serializers.IntegerField(min_value=1, max_value=5, default=2)
    budget = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    deputies = serializers.ListField(
        child=LeadField(User, noun="user"), required=False, max_length=50
    )


class PhaseOut(serializers.Serializer[Phase]):
    id = serializers.IntegerField()
    key = serializers.CharField()
    number = serializers.IntegerField()
    name = serializers.CharField()
    start_on = serializers.DateField()
    end_on = serializers.DateField()
    baseline_start_on = serializers.DateField()
    baseline_end_on = serializers.DateField()
    slip_weeks = serializers.IntegerField()
    closed_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class SeatOut(serializers.Serializer[Seat]):
    id = serializers.IntegerField()
    role = serializers.CharField(source="role.key")
    label = serializers.CharField()  # type: ignore[assignment]  # hides Field.label


class SlotOut(serializers.Serializer[Slot]):
    id = serializers.IntegerField()
    project = serializers.CharField(source="phase.project.key")
    phase = serializers.CharField(source="phase.key")
    seat = serializers.IntegerField(source="seat_id")
    role = serializers.CharField(source="seat.role.key")
    label = serializers.CharField(source="seat.label")  # type: ignore[assignment]
    start_on = serializers.DateField()
    end_on = serializers.DateField()
    fte_share = serializers.SerializerMethodField()
    skills = serializers.SerializerMethodField(help_text="Skills with their least level.")
    priority = serializers.IntegerField(allow_null=True)
    must_fill = serializers.BooleanField()
    version = serializers.IntegerField()

    def get_fte_share(self, slot: Slot) -> float:
        return slot.fte_hundredths / 100

    def get_skills(self, slot: Slot) -> dict[str, int]:
        return {need.skill.key: need.level for need in slot.skills.all()}


SLOT_COLUMNS = [
    "id",
    "project",
    "phase",
    "role",
    "label",
    "start_on",
    "end_on",
    "fte_share",
    "skills",
    "priority",
    "must_fill",
]


def slot_cells(slot: Slot) -> list[Any]:
    """A slot as a line of CSV."""
    data: dict[str, Any] = dict(SlotOut(slot).data)
    data["skills"] = written_needs(slot)
    return [data[name] for name in SLOT_COLUMNS]


class RequirementOut(serializers.Serializer[Requirement]):
    key = serializers.CharField()
    goal = serializers.CharField()
    owner = serializers.CharField()
    metric = serializers.CharField()
    direction = serializers.CharField()
    threshold = serializers.FloatField()
    unit = serializers.CharField()
    skills = serializers.SerializerMethodField()

    def get_skills(self, requirement: Requirement) -> dict[str, int]:
        return {need.skill.key: need.level for need in requirement.skills.all()}


class ProjectOut(serializers.Serializer[Any]):
    """A row of the list. What the user may not see is null."""

    id = serializers.IntegerField()
    key = serializers.CharField()
    name = serializers.CharField()
    status = serializers.CharField()
    phase = serializers.CharField(source="phase_key", help_text="Key of the phase now.")
    phases = PhaseOut(many=True)
    domain = serializers.SerializerMethodField()
    department = serializers.SerializerMethodField()
    site = serializers.SerializerMethodField()
    lead = serializers.SerializerMethodField()
    priority = serializers.SerializerMethodField()
    start_on = serializers.SerializerMethodField()
    open_mandatory = serializers.IntegerField(allow_null=True)
    coverage = serializers.SerializerMethodField(help_text="Share of the effort that is assigned.")
    version = serializers.SerializerMethodField()

    def get_domain(self, project: Any) -> str | None:
        return project.domain if project.seen else None

    def get_department(self, project: Any) -> str | None:
        return project.department.key if project.seen else None

    def get_site(self, project: Any) -> str | None:
        return project.site.key if project.seen else None

    def get_lead(self, project: Any) -> str | None:
        return project.lead.username if project.seen else None

    def get_priority(self, project: Any) -> int | None:
        return project.priority if project.seen else None

    def get_start_on(self, project: Any) -> str | None:
        return project.start_on.isoformat() if project.seen else None

    def get_coverage(self, project: Any) -> float | None:
        share = self.context["coverage"].of(project) if project.seen else None
        return None if share is None else round(share, 4)

    def get_version(self, project: Any) -> int | None:
        return project.version if project.seen else None


class ProjectDetailOut(ProjectOut):
    """A project with its plan. The budget is there only for those who may see money."""

    purpose = serializers.SerializerMethodField()
    risk_class = serializers.SerializerMethodField()
    deputies = serializers.SerializerMethodField()
    requirements = RequirementOut(many=True, source="shown_requirements")
    seats = SeatOut(many=True, source="shown_seats")
    slots = SlotOut(many=True, source="shown_slots")
    budget = serializers.DecimalField(
        max_digits=14, decimal_places=2, allow_null=True, required=False
    )

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        if not self.context.get("money", True):
            fields.pop("budget")
        return fields

    def get_purpose(self, project: Any) -> str | None:
        return project.purpose if project.seen else None

    def get_risk_class(self, project: Any) -> str | None:
        return project.risk_class if project.seen else None

    def get_deputies(self, project: Any) -> list[str] | None:
        if not project.seen:
            return None
        return sorted(user.username for user in project.deputies.all())


class ItemOut(serializers.Serializer[ChecklistItem]):
    id = serializers.IntegerField()
    key = serializers.CharField()
    project = serializers.CharField(source="project.key")
    phase = serializers.CharField(source="phase.key")
    text = serializers.CharField()
    mandatory = serializers.BooleanField()
    evidence = serializers.ChoiceField(choices=ChecklistItem.Evidence.choices)
    role = serializers.CharField(source="role.key", default=None, allow_null=True)
    assignee = serializers.CharField(source="assignee.key", default=None, allow_null=True)
    done = serializers.BooleanField(source="is_done")
    done_at = serializers.DateTimeField(allow_null=True)
    done_by = serializers.CharField(source="done_by.username", default=None, allow_null=True)
    note = serializers.CharField()
    link = serializers.CharField()
    version = serializers.IntegerField()


class TickIn(serializers.Serializer[Any]):
    note = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    link = serializers.CharField(required=False, allow_blank=True, max_length=500)
    idempotency_key = serializers.CharField(
        required=False,
        max_length=80,
        help_text="The same key twice ticks once and answers 200 both times.",
    )


class UntickIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)
    idempotency_key = serializers.CharField(required=False, max_length=80)


class ReopenIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class MoveIn(Input):
    start_on = serializers.DateField(help_text="A Monday.")
    end_on = serializers.DateField(help_text="The Monday after the last week.")
    assignments = serializers.ChoiceField(
        choices=["refuse", "move", "cut"],
        default="refuse",
        help_text="What happens to assignments that would lie outside.",
    )
    reason = serializers.CharField(
        max_length=300,
        required=False,
        allow_blank=True,
        help_text="Needed where locked or approved assignments change.",
    )
