"""What the planner's scripts say: the page hands it to them in the reader's language.

Words in braces are filled in by static/js/planner/words.js.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

TEXTS: dict[str, Any] = {
    # weeks and figures
    "week": pgettext_lazy("ISO week", "W{week}"),
    "quarter": pgettext_lazy("quarter of a year", "Q{quarter}"),
    "fte": _("{share} FTE"),
    "span": _("{first} to {last}"),
    "confirmed": _("confirmed"),
    "tentative": _("tentative"),
    "proposed": _("proposed"),
    "open": _("open"),
    "busy": _("busy"),
    "locked": _("locked"),
    "must_fill": _("must be filled"),
    # cells
    "cell_person": _("{name}, {week}: {taken} of {free} FTE, {state}"),
    "cell_split": _("{own} in this project, {other} in others"),
    "cell_proposed": _("{share} proposed"),
    "cell_worst": _("most in {week}: {share}"),
    "cell_mean": _("mean of the weeks; colour: the worst week"),
    "cell_project": _("{name}, {week}: {filled} of {needed} FTE filled, {open} open"),
    "unseen": _("You do not see the load of this person."),
    "rows_of": {"people": _("Person"), "projects": _("Project")},
    "loading": _("Loading …"),
    "no_rows": _("Nobody and nothing matches these filters."),
    "states": {
        "free": _("free"),
        "partly": _("partly booked"),
        "full": _("fully booked"),
        "over": _("over-allocated"),
        "absent": _("absent"),
        "covered": _("covered"),
        "short": _("open work"),
        "none": _("no work planned"),
    },
    # tray
    "tray_count": _("Open slots: {count}"),
    "tray_more": _("Show all {count}"),
    "tray_none": _("No open slots in these weeks. Nothing to assign."),
    # menu
    "menu_of": _("Actions for {bar}"),
    "earlier": _("One week earlier"),
    "later": _("One week later"),
    "dates": _("Change weeks …"),
    "share": _("Change share …"),
    "lock": _("Lock"),
    "unlock": _("Unlock"),
    "confirm": _("Confirm"),
    "make_tentative": _("Make tentative"),
    "give": _("Give to …"),
    "split": _("Split …"),
    "remove": _("Remove …"),
    "move_mode": _("Move with the arrow keys"),
    "open_slot": _("Slot and candidates"),
    "open_page": _("Page of the assignment"),
    "open_project": _("Project"),
    "open_proposal": _("Look at the proposal"),
    "assign": _("Assign to …"),
    "assign_here": _("Assign {slot}"),
    "assign_unsuited": _("Assign {slot} (lacks a skill)"),
    "nothing_open": _("No open slot of yours in this week"),
    # dialogs
    "first_week": _("First week"),
    "last_week": _("Last week"),
    "share_label": _("Share of an FTE (0.01 to 1)"),
    "person": _("Person"),
    "find_person": _("Find somebody by name"),
    "split_from": _("From this week on"),
    "split_who": _("Taken over by"),
    "reason": _("Reason"),
    "save": _("Save"),
    "cancel": _("Cancel"),
    "remove_title": _("Remove this assignment?"),
    "remove_text": _("{bar} ends. The slot is open again; the history keeps it."),
    "clash_title": _("This breaks rules that only warn"),
    "guarded_title": _("This needs a reason"),
    "overbook": _("Do it with this reason"),
    "other_weeks": _("Other weeks …"),
    "queue": _("Slot and candidates, waiting list"),
    "reason_missing": _("Say why."),
    "stale_title": _("Somebody else changed this meanwhile"),
    "stale_by": _("{by} changed it, {at}."),
    "stale_now": _("Now: {bar}."),
    "keep_theirs": _("Keep theirs"),
    "apply_mine": _("Apply mine again"),
    "nobody_found": _("Nobody found"),
    # spoken and told
    "moved": _("{bar}: now {span}."),
    "given": _("{bar}: now {person}."),
    "shared": _("{bar}: now {share}."),
    "assigned": _("{person} is assigned: {bar}, {span}."),
    "removed": _("{bar} is removed."),
    "changed": _("{bar} is changed."),
    "was_split": _("{bar} is split at {week}."),
    "undone": _("Undone: {what}"),
    "undo": _("Undo"),
    "undo_reason": _("Undone on the planner"),
    "nothing_to_undo": _("Nothing to undo."),
    "moving": _(
        "Moving {bar}. Left and right move it by weeks, Shift with them changes its end, up and "
        "down choose another row, Enter saves, Escape cancels."
    ),
    "at": _("{span}, {row}"),
    "cancelled": _("Cancelled, nothing is changed."),
    "fixed": _("You may look at this bar, not change it."),
    "edge": _("The slot has no more weeks on this side."),
    "gone": _("This assignment was removed or given to somebody else meanwhile."),
    "failed": _("This did not work. Try again."),
    "lost": _("The server does not answer. Check the connection and try again."),
    "close": _("Close"),
    "rows_shown": _("Rows: {count}"),
}
