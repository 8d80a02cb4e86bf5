"""Projects, their plan, their checklists and the staffing runs that propose a plan."""

from projects.models.checklist import ChecklistItem, ChecklistTick
from projects.models.plan import (
    Assignment,
    PlanChange,
    PlanChangeLine,
    ProjectSide,
    Seat,
    Slot,
    SlotSkill,
)
from projects.models.project import Phase, Project, Requirement, RequirementSkill
from projects.models.staffing import Incumbent, ProposalRow, StaffingRequest, StaffingRun
from projects.models.studies import StaffingStudy, WeightProfile
from projects.models.waiting import WaitingPlace

__all__ = [
    "Assignment",
    "ChecklistItem",
    "ChecklistTick",
    "Incumbent",
    "Phase",
    "PlanChange",
    "PlanChangeLine",
    "Project",
    "ProjectSide",
    "ProposalRow",
    "Requirement",
    "RequirementSkill",
    "Seat",
    "Slot",
    "SlotSkill",
    "StaffingRequest",
    "StaffingRun",
    "StaffingStudy",
    "WaitingPlace",
    "WeightProfile",
]
