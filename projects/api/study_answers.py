"""Answers of studies as JSON: the shapes of `selectors.study_shapes`, money apart."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

Out = serializers.Serializer[Any]
# What tells of rates or of the objective; absent for those who may not see it.
MONEY = {"gain", "loss", "parts", "amount", "holder_amount"}


class StudyPersonOut(Out):
    key = serializers.CharField(help_text="Blank: somebody who would be hired.")
    name = serializers.CharField()


class StudySlotOut(Out):
    slot = serializers.IntegerField()
    project = serializers.CharField()
    phase = serializers.CharField()
    role = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    start_on = serializers.DateField()
    end_on = serializers.DateField()


class StudyRuleOut(Out):
    rule = serializers.CharField()
    text = serializers.CharField()


class StudyChangeOut(Out):
    """A change in the keys of the product, as a what-if proposal takes it, and as a sentence."""

    kind = serializers.CharField()
    text = serializers.CharField()
    person = serializers.CharField(required=False)
    project = serializers.CharField(required=False)
    phase = serializers.CharField(required=False)
    slot = serializers.IntegerField(required=False)
    skill = serializers.CharField(required=False)
    level = serializers.IntegerField(required=False)
    skills = serializers.DictField(child=serializers.IntegerField(), required=False)
    site = serializers.CharField(required=False)
    fte_share = serializers.FloatField(required=False)
    from_on = serializers.DateField(required=False)
    start_on = serializers.DateField(required=False)
    end_on = serializers.DateField(required=False)
    weeks = serializers.IntegerField(required=False)
    max_projects = serializers.IntegerField(required=False)
    rate = serializers.DecimalField(16, 2, required=False, help_text="Per FTE-week.")
    amount = serializers.DecimalField(16, 2, required=False, allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {"kind": instance.kind, "text": instance.text, **instance.data}


class _Reader(Out):
    """Leaves out what is None for this reader because it is money."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        data: dict[str, Any] = super().to_representation(instance)
        if self.context.get("money"):
            return data
        return {name: value for name, value in data.items() if name not in MONEY}


class SkillLineOut(Out):
    skill = serializers.CharField()
    level = serializers.IntegerField()
    person = serializers.IntegerField(allow_null=True)
    holder = serializers.IntegerField(allow_null=True)


class PointsOut(Out):
    criterion = serializers.CharField()
    person = serializers.IntegerField()
    holder = serializers.IntegerField(allow_null=True)


class WayOut(_Reader):
    changes = StudyChangeOut(many=True)
    gain = serializers.IntegerField(required=False)


class MoveOut(Out):
    slot = StudySlotOut()
    before = StudyPersonOut(allow_null=True)
    after = StudyPersonOut(allow_null=True)


class PartOut(Out):
    criterion = serializers.CharField()
    points = serializers.IntegerField()


class ForcedOut(_Reader):
    loss = serializers.IntegerField(required=False)
    gain = serializers.IntegerField(
        required=False, allow_null=True, help_text="Over the plan as it stands."
    )
    taker = StudyPersonOut(allow_null=True, help_text="Who has the slot in the best plan known.")
    elsewhere = StudySlotOut(many=True, help_text="What the person has there and gives up.")
    hidden_elsewhere = serializers.IntegerField()
    parts = PartOut(many=True, required=False)
    moves = MoveOut(many=True)
    hidden_moves = serializers.IntegerField()


class WhyNotOut(_Reader):
    """An estimate: both sides are solved again in the same neighbourhood of the slot."""

    slot = StudySlotOut()
    person = StudyPersonOut()
    holder = StudyPersonOut(allow_null=True)
    first = serializers.BooleanField()
    verdict = serializers.CharField(
        help_text="first, barred, better, tie, or what is worth more: elsewhere, holder, around."
    )
    failing = StudyRuleOut(many=True)
    weeks = serializers.ListField(child=serializers.DateField())
    hidden_rules = serializers.BooleanField()
    skills = SkillLineOut(many=True)
    points = PointsOut(many=True)
    amount = serializers.DecimalField(16, 2, required=False, allow_null=True)
    holder_amount = serializers.DecimalField(16, 2, required=False, allow_null=True)
    ways = WayOut(many=True)
    hidden_ways = serializers.IntegerField()
    never = StudyRuleOut(many=True)
    needs = StudyChangeOut(many=True)
    hidden_needs = serializers.IntegerField()
    forced = ForcedOut(allow_null=True)
    estimate = serializers.SerializerMethodField()
    n_slots = serializers.IntegerField()
    n_people = serializers.IntegerField()

    def get_estimate(self, _answer: Any) -> bool:
        return True


class IdeaOut(_Reader):
    rank = serializers.IntegerField()
    changes = StudyChangeOut(many=True)
    fills = StudySlotOut(many=True)
    hidden_fills = serializers.IntegerField()
    coverage = serializers.FloatField(allow_null=True)
    gain = serializers.IntegerField(required=False)
    amount = serializers.DecimalField(16, 2, required=False, allow_null=True)


class WhatHelpsOut(Out):
    open = serializers.IntegerField(allow_null=True, help_text="Null: not all plans are yours.")
    coverage = serializers.FloatField(allow_null=True)
    ideas = IdeaOut(many=True)
    hidden_ideas = serializers.IntegerField()
    tried = serializers.IntegerField()


class CoverOut(Out):
    person = StudyPersonOut()
    free = serializers.BooleanField()
    rules = StudyRuleOut(many=True)
    fit = serializers.IntegerField()


class LostOut(Out):
    slot = StudySlotOut()
    person = StudyPersonOut()
    start_on = serializers.DateField()
    end_on = serializers.DateField()
    cover = CoverOut(many=True)
    hidden_cover = serializers.IntegerField()
    somebody_can = serializers.BooleanField()
    shadow = StudyPersonOut(allow_null=True)
    shadow_why = serializers.CharField(help_text="Blank where it is not known.")
    covered_by = StudyPersonOut(allow_null=True)
    is_covered = serializers.BooleanField()


class SlippingPhaseOut(Out):
    project = serializers.CharField()
    phase = serializers.CharField()
    lost_effort = serializers.IntegerField(help_text="Hundredths of an FTE-week.")
    uncovered_effort = serializers.IntegerField(help_text="Hundredths of an FTE-week.")
    slips_weeks = serializers.IntegerField(allow_null=True, help_text="Null: more than 8.")


class DepthOut(Out):
    skill = serializers.CharField()
    level = serializers.IntegerField()
    project = serializers.CharField()
    need = serializers.IntegerField()
    can = serializers.IntegerField()
    can_without = serializers.IntegerField()
    state = serializers.CharField(help_text="none, thin, less or same: who is left.")


class ShockOut(Out):
    lost = LostOut(many=True)
    hidden_lost = serializers.IntegerField()
    phases = SlippingPhaseOut(many=True)
    hidden_phases = serializers.IntegerField()
    before = serializers.FloatField(help_text="Coverage today, 0-1.")
    after = serializers.FloatField(help_text="Coverage without the absent.")
    recovered = serializers.FloatField(help_text="Coverage solved again without them.")
    complete = serializers.BooleanField(
        help_text="False: a null in slips_weeks means that there was no time to find it."
    )
    depth = DepthOut(many=True)


class PersonRuleOut(Out):
    person = StudyPersonOut()
    rule = serializers.CharField()
    text = serializers.CharField()


class AloneOut(Out):
    slot = StudySlotOut()
    text = serializers.CharField()


class CoreOut(Out):
    feasible = serializers.BooleanField(allow_null=True, help_text="Null: no time to tell.")
    alone = AloneOut(many=True, help_text="Nobody can take them, whatever else stays open.")
    hidden_alone = serializers.IntegerField()
    rest_feasible = serializers.BooleanField(allow_null=True, help_text="Of the other slots.")
    minimal = serializers.BooleanField()
    slots = StudySlotOut(many=True)
    hidden_slots = serializers.IntegerField()
    people = PersonRuleOut(many=True)
    hidden_people = serializers.IntegerField()
    projects = serializers.ListField(child=serializers.CharField())
    hidden_projects = serializers.IntegerField()
    rest = serializers.ListField(
        child=serializers.IntegerField(), help_text="Slots asked about that are in neither."
    )


ANSWERS: dict[str, type[Out]] = {
    "why_not": WhyNotOut,
    "what_helps": WhatHelpsOut,
    "shock": ShockOut,
    "core": CoreOut,
}
ANSWER = PolymorphicProxySerializer(
    component_name="StudyAnswer",
    serializers=list(ANSWERS.values()),
    resource_type_field_name=None,
    many=False,
)
