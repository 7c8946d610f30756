"""An example week: the corrections of a report, distributed over its days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gait.findings.knowledge_records import CorrectionEntry, WeekSlot
from gait.records import Correction

#: Name, purpose and slots of each day: three runs with a day between them, strength away from hard runs, and rest. [E]
#: (The articles Hip flexor and Fix Runner's Hip advise rest and no two hard days in a row.)
DAYS: Sequence[tuple[str, str, tuple[WeekSlot, ...]]] = (
    ("Monday", "Rest", ("every_day",)),
    ("Tuesday", "Easy run", ("before_run", "in_run", "after_run")),
    ("Wednesday", "Strength", ("strength",)),
    ("Thursday", "Run with drills", ("before_run", "drills", "in_run", "after_run")),
    ("Friday", "Strength", ("strength",)),
    ("Saturday", "Easy run", ("before_run", "in_run", "after_run")),
    ("Sunday", "Rest, or a walk", ("every_day",)),
)
SLOT_TEXTS: Mapping[WeekSlot, str] = {
    "before_run": "Before",
    "drills": "After warming up",
    "in_run": "While running",
    "after_run": "After",
    "strength": "Exercises",
    "every_day": "All day",
}
#: Most corrections in one slot: runners do not do more. [E]
MAX_PER_SLOT = 2


@dataclass(frozen=True)
class PlannedDay:
    """One day: its name and purpose, and for each of its sections the titles of corrections with their ids."""

    name: str
    purpose: str
    sections: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def plan_week(corrections: Iterable[Correction], entries: Mapping[str, CorrectionEntry]) -> tuple[PlannedDay, ...]:
    """Distribute corrections over a week.

    Parameters
    ----------
    corrections : iterable of Correction
        Of a session, the most important first.
    entries : mapping
        All corrections by id; ``slot`` says when one is done.

    Returns
    -------
    tuple of PlannedDay
        Empty where no correction has a slot, and where one advises not to run.
    """
    chosen: dict[WeekSlot, list[tuple[str, str]]] = {}
    for correction in corrections:
        entry = entries.get(correction.id)
        if entry is None:
            continue
        if entry.stops_running:
            return ()
        if entry.slot is not None and len(chosen.setdefault(entry.slot, [])) < MAX_PER_SLOT:
            chosen[entry.slot].append((correction.title, correction.id))
    if not chosen:
        return ()
    days = []
    for name, purpose, slots in DAYS:
        sections = tuple((SLOT_TEXTS[slot], tuple(chosen[slot])) for slot in slots if slot in chosen)
        if "drills" in slots and "drills" not in chosen:
            purpose = "Run"
        days.append(PlannedDay(name, purpose if sections or "run" in purpose.lower() else "Rest", sections))
    return tuple(days)
