"""Exercises, stretches, drills and rolls: what a correction asks the runner to do, step by step.

The facts are data: ``exercises.toml``. `gait.report.exercise_drawings` draws each one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

from gait.checked_toml import parse_toml
from gait.display_language import gettext, speak, spoken_language
from gait.findings.knowledge_loader import KnowledgeError, load_knowledge
from gait.findings.knowledge_records import Knowledge, Passage
from gait.findings.knowledge_text import TEXT_FIELDS

ExerciseKind = Literal["strength", "stretch", "warm_up", "drill", "roll"]
#: Where an amount is ours and no article's.
OUR_SETS = "ours"


@dataclass(frozen=True)
class Exercise:
    """One exercise: how it is done, how much, what comes next, and what to do if it hurts.

    ``corrections`` are the ids of the corrections that prescribe it. ``how`` has one whole sentence an entry.
    ``sets_from`` is the article that gives the amount, or ``"ours"``. ``article`` and ``section`` name the passage.
    ``named`` is false where the passage names only the need, and the exercise is a common one for it.
    """

    id: str
    title: str
    kind: ExerciseKind
    corrections: tuple[str, ...]
    how: tuple[str, ...]
    sets: str
    sets_from: str
    progression: str
    easier: str
    article: str
    section: str
    needs: str | None = None
    named: bool = True

    @property
    def passage(self) -> Passage:
        """The section of the article that names it, or the need that it serves."""
        return Passage(self.article, self.section)

    @property
    def source(self) -> str:
        """The title of the article and its section, in one line."""
        return load_knowledge().cite_passages((self.passage,))


def load_exercises() -> tuple[Exercise, ...]:
    """Read the exercises that ship with the package, in the language that is written now.

    Returns
    -------
    tuple of Exercise
        In the order of the file: strength, warm-up, stretches, rolls, drills. The same object at every call in one
        language.

    Raises
    ------
    KnowledgeError
        The file has faults; one message lists all of them.

    Examples
    --------
    >>> load_exercises()[0].title, load_exercises()[0].sets
    ('Clamshell', '2 × 12 each side')
    """
    return _exercises_in(spoken_language())


@cache
def _exercises_in(language: str) -> tuple[Exercise, ...]:
    content = (resources.files("gait.findings") / "exercises.toml").read_bytes()
    with speak(language):
        # The file is checked in English: rules such as the full stop are not those of every language.
        exercises = parse_exercises(parse_toml(content), knowledge=load_knowledge())
        return tuple(replace(exercise, **_translated_texts(exercise)) for exercise in exercises)


def _translated_texts(exercise: Exercise) -> dict[str, Any]:
    shown = {name: getattr(exercise, name) for name in TEXT_FIELDS["exercises.toml"]}
    return {
        name: tuple(gettext(text) for text in value) if isinstance(value, tuple) else value and gettext(value)
        for name, value in shown.items()
    }


def exercises_for(correction: str) -> tuple[Exercise, ...]:
    """List the exercises that a correction prescribes.

    Parameters
    ----------
    correction : str
        Id, as in ``corrections.toml``.

    Returns
    -------
    tuple of Exercise
        Empty where the correction is no exercise.
    """
    return tuple(exercise for exercise in load_exercises() if correction in exercise.corrections)


def parse_exercises(data: Mapping[str, Any], *, knowledge: Knowledge) -> tuple[Exercise, ...]:
    """Turn parsed TOML into records.

    Parameters
    ----------
    data : mapping
        The tables ``exercise``.
    knowledge : Knowledge
        The corrections and articles that exercises may name.

    Returns
    -------
    tuple of Exercise

    Raises
    ------
    KnowledgeError
        The file has faults; one message lists all of them.
    """
    faults = [f"unknown table {table!r}" for table in data if table != "exercise"]
    found = []
    for number, row in enumerate(data.get("exercise", ()), start=1):
        name = f"exercise {row.get('id', f'number {number}')!r}"
        row_faults = list(_row_faults(row))
        if not row_faults:
            exercise = Exercise(**{**row, "corrections": tuple(row["corrections"]), "how": tuple(row["how"])})
            found.append(exercise)
            row_faults += _exercise_faults(exercise, knowledge)
        faults += [f"{name}: {fault}" for fault in row_faults]
    counts = Counter(exercise.id for exercise in found)
    faults += [f"exercise {key!r}: given {count} times" for key, count in counts.items() if count > 1]
    if not found and not faults:
        faults.append("no exercise")
    if faults:
        raise KnowledgeError(f"{len(faults)} fault(s) in exercises.toml:\n" + "\n".join(f"- {f}" for f in faults))
    return tuple(found)


def _row_faults(row: Mapping[str, Any]) -> Iterable[str]:
    """Compare names and types of the entries with those of `Exercise`."""
    known = {field.name: field for field in fields(Exercise)}
    yield from (f"unknown entry {key!r}" for key in row if key not in known)
    for key, field in known.items():
        if key not in row:
            if field.default is MISSING:
                yield f"{key!r} is missing"
        elif key in ("corrections", "how"):
            if not isinstance(row[key], list) or not row[key] or not all(_is_text(item) for item in row[key]):
                yield f"{key!r} must be a list of texts"
        elif key == "named":
            if not isinstance(row[key], bool):
                yield f"{key!r} must be true or false"
        elif not _is_text(row[key]):
            yield f"{key!r} must be a text"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value == value.strip()


def _exercise_faults(exercise: Exercise, knowledge: Knowledge) -> Iterable[str]:
    if exercise.kind not in get_args(ExerciseKind):
        yield f"unknown kind {exercise.kind!r}"
    yield from (f"unknown correction {c!r}" for c in exercise.corrections if c not in knowledge.corrections)
    for article in {exercise.article, exercise.sets_from} - {OUR_SETS}:
        if article not in knowledge.articles:
            yield f"unknown article {article!r}"
    if not 2 <= len(exercise.how) <= 4:  # more is not read, less is not enough [E]
        yield f"{len(exercise.how)} sentences on how it is done; give 2 to 4"
    sentences = (*exercise.how, exercise.progression, exercise.easier)
    yield from (f"no full stop after {text!r}" for text in sentences if not text.endswith("."))
