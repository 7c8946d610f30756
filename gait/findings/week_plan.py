"""One week as an example: the corrections of a report laid out over its days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gait.findings.knowledge_records import CorrectionEntry, Slot
from gait.records import Correction

#: What happens on which day: three runs with a day between them, strength away from hard runs, one day of nothing
#: (Hip flexor and Fix Runner's Hip advise rest and no two hard days in a row; the layout is this program's).
DAYS: Sequence[tuple[str, str, tuple[Slot, ...]]] = (
    ("Monday", "Rest", ("every_day",)),
    ("Tuesday", "Easy run", ("before_run", "in_run", "after_run")),
    ("Wednesday", "Strength", ("strength",)),
    ("Thursday", "Run with drills", ("before_run", "drills", "in_run", "after_run")),
    ("Friday", "Strength", ("strength",)),
    ("Saturday", "Easy run", ("before_run", "in_run", "after_run")),
    ("Sunday", "Rest, or a walk", ("every_day",)),
)
SLOT_WORDS: Mapping[Slot, str] = {
    "before_run": "Before",
    "drills": "After warming up",
    "in_run": "While running",
    "after_run": "After",
    "strength": "Exercises",
    "every_day": "All day",
}
#: So many of a slot: more is not done.
MOST = 2


@dataclass(frozen=True)
class Day:
    """One day: its name, what it is for, and for each part of it the titles of corrections with their ids."""

    name: str
    what: str
    parts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def week(corrections: Iterable[Correction], entries: Mapping[str, CorrectionEntry]) -> tuple[Day, ...]:
    """Lay corrections out over a week.

    Parameters
    ----------
    corrections
        Of a session, what matters most first.
    entries
        All corrections by id; ``slot`` says when one is done.

    Returns
    -------
    tuple of Day
        Empty where nothing has a place in a week, and where a correction says not to run.
    """
    chosen: dict[Slot, list[tuple[str, str]]] = {}
    for correction in corrections:
        entry = entries.get(correction.id)
        if entry is None:
            continue
        if entry.stops_running:
            return ()
        if entry.slot is not None and len(chosen.setdefault(entry.slot, [])) < MOST:
            chosen[entry.slot].append((correction.title, correction.id))
    if not chosen:
        return ()
    days = []
    for name, what, slots in DAYS:
        parts = tuple((SLOT_WORDS[slot], tuple(chosen[slot])) for slot in slots if slot in chosen)
        if "drills" in slots and "drills" not in chosen:
            what = "Run"
        days.append(Day(name, what if parts or "run" in what.lower() else "Rest", parts))
    return tuple(days)
