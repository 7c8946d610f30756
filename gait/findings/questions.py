"""Questions for the runner, and the conditions on answers that bring advice up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

QuestionKind = Literal["choice", "choices", "number", "yes_no"]


@dataclass(frozen=True)
class Option:
    """One possible answer."""

    id: str
    text: str


@dataclass(frozen=True)
class Condition:
    """What one answer must be like: one of ``options``, ``yes`` as given, or a number within limits.

    With ``times`` the limits count in multiples of the number that answered that other question.
    """

    question: str
    options: tuple[str, ...] = ()
    yes: bool | None = None
    at_least: float | None = None
    at_most: float | None = None
    times: str | None = None


#: All of these conditions together.
Trigger = tuple[Condition, ...]


@dataclass(frozen=True)
class Question:
    """One question. ``none`` is the option that excludes all others; ``only_if`` says when it is worth asking."""

    id: str
    topic: str
    text: str
    kind: QuestionKind
    options: tuple[Option, ...] = ()
    none: str | None = None
    unit: str = ""
    miles: bool = False
    low: float = 0.0
    high: float = 0.0
    only_if: Trigger = ()

    @property
    def option_ids(self) -> tuple[str, ...]:
        """The ids of its options, in order."""
        return tuple(option.id for option in self.options)

    def words(self, option_id: str) -> str:
        """Return an option in words."""
        return next(option.text for option in self.options if option.id == option_id)


def read_question(row: Mapping[str, Any], earlier: Mapping[str, Question]) -> Question:
    """Build a question from its table.

    Parameters
    ----------
    row
        As in ``questions.toml``.
    earlier
        Questions that come before it, which ``only_if`` may name.

    Returns
    -------
    Question

    Raises
    ------
    ValueError
        If the table contradicts itself; KeyError and TypeError if it lacks or has a key too many.
    """
    options = tuple(Option(**option) for option in row.get("options", ()))
    only_if = read_trigger(row["only_if"], earlier) if "only_if" in row else ()
    question = Question(**{**row, "options": options, "only_if": only_if})
    if question.kind not in get_args(QuestionKind):
        raise ValueError(f"unknown kind {question.kind!r}")
    if (question.kind in {"choice", "choices"}) != bool(options):
        raise ValueError(f"a {question.kind} question with {len(options)} options")
    if len(set(question.option_ids)) != len(options):
        raise ValueError("an option is given twice")
    if question.none is not None and (question.none not in question.option_ids or question.kind != "choices"):
        raise ValueError(f"none = {question.none!r} is not one of its options")
    if question.kind == "number" and not (question.low < question.high and question.unit):
        raise ValueError("a number needs a unit, and a low that is below its high")
    return question


def read_trigger(row: Mapping[str, Any], questions: Mapping[str, Question]) -> Trigger:
    """Build one trigger: every question named in it must be answered as it says.

    Raises
    ------
    ValueError
        If a question or an option is unknown, or the form does not fit the kind of question.
    """
    if not row:
        raise ValueError("a trigger without a condition would always hold")
    return tuple(_condition(name, value, questions) for name, value in row.items())


def read_triggers(rows: Iterable[Mapping[str, Any]], questions: Mapping[str, Question]) -> tuple[Trigger, ...]:
    """Build the triggers of one item, any of which brings it up."""
    return tuple(read_trigger(row, questions) for row in rows)


def _condition(name: str, value: Any, questions: Mapping[str, Question]) -> Condition:
    if name not in questions:
        raise ValueError(f"unknown question {name!r}")
    question = questions[name]
    if question.kind == "yes_no":
        if not isinstance(value, bool):
            raise ValueError(f"{name} = {value!r} must be true or false")
        return Condition(name, yes=value)
    if question.kind == "number":
        if not isinstance(value, Mapping) or not value or set(value) - {"at_least", "at_most", "times"}:
            raise ValueError(f"{name} = {value!r} must be a table of at_least, at_most and times")
        other = value.get("times")
        if other is not None and (other not in questions or questions[other].kind != "number"):
            raise ValueError(f"{name}: times = {other!r} is no question for a number")
        return Condition(name, **value)
    wanted = [value] if isinstance(value, str) else list(value)
    ids: dict[str, None] = {}
    for one in wanted:
        found = [i for i in question.option_ids if i == one or (one.endswith("*") and i.startswith(one[:-1]))]
        if not found:
            raise ValueError(f"{name} has no option {one!r}")
        ids |= dict.fromkeys(found)
    return Condition(name, options=tuple(ids))
