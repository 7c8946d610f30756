"""Questions for the runner, and the conditions on answers that bring up advice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from gait.display_language import spoken_language
from gait.written_units import KM_PER_MILE

QuestionKind = Literal["choice", "choices", "number", "yes_no"]


@dataclass(frozen=True)
class Option:
    """One possible answer."""

    id: str
    text: str


@dataclass(frozen=True)
class Condition:
    """Condition on one answer: one of ``options``, ``yes`` as given, or a number within limits.

    With ``times`` the limits are multiples of the number that answers that other question.
    """

    question: str
    options: tuple[str, ...] = ()
    yes: bool | None = None
    at_least: float | None = None
    at_most: float | None = None
    times: str | None = None


#: The question whether something hurts; all others about pain depend on it.
PAIN_WHERE = "pain_where"
#: Conditions that must all be met.
Trigger = tuple[Condition, ...]


#: Languages in which a distance without a unit is in kilometres.
KM_LANGUAGES = frozenset({"de", "es", "fr"})


@dataclass(frozen=True)
class Question:
    """One question. ``none`` is the option that excludes all others; ``only_if`` says when the question applies."""

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

    @property
    def shown_factor(self) -> float:
        """Factor from the stored number to the one that is shown: kilometres, where people do not think in miles."""
        return KM_PER_MILE if self.miles and spoken_language() in KM_LANGUAGES else 1.0

    @property
    def shown_unit(self) -> str:
        """Unit of the number that is shown."""
        return self.unit if self.shown_factor == 1.0 else "km"

    @property
    def about_pain(self) -> bool:
        """Whether it asks about a pain."""
        return self.id == PAIN_WHERE or any(condition.question == PAIN_WHERE for condition in self.only_if)

    def option_text(self, option_id: str) -> str:
        """Look up the text of an option.

        Parameters
        ----------
        option_id : str

        Returns
        -------
        str
        """
        return next(option.text for option in self.options if option.id == option_id)


def parse_question(row: Mapping[str, Any], earlier: Mapping[str, Question]) -> Question:
    """Build a question from its table.

    Parameters
    ----------
    row : mapping
        As in ``questions.toml``.
    earlier : mapping
        Questions that come before it, which ``only_if`` may name.

    Returns
    -------
    Question

    Raises
    ------
    ValueError
        The table contradicts itself (KeyError or TypeError: a key is missing or unknown).
    """
    options = tuple(Option(**option) for option in row.get("options", ()))
    only_if = parse_trigger(row["only_if"], earlier) if "only_if" in row else ()
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


def parse_trigger(row: Mapping[str, Any], questions: Mapping[str, Question]) -> Trigger:
    """Build one trigger from its table.

    Parameters
    ----------
    row : mapping
        Question id to the condition on its answer; all must be met.
    questions : mapping
        All questions by id.

    Returns
    -------
    tuple of Condition

    Raises
    ------
    ValueError
        A question or an option is unknown, or a condition does not fit the kind of question.
    """
    if not row:
        raise ValueError("a trigger without a condition would always hold")
    return tuple(_condition(name, value, questions) for name, value in row.items())


def parse_triggers(rows: Iterable[Mapping[str, Any]], questions: Mapping[str, Question]) -> tuple[Trigger, ...]:
    """Build the triggers of one item; any of them brings it up.

    Parameters
    ----------
    rows : iterable of mapping
        See `parse_trigger`.
    questions : mapping
        All questions by id.

    Returns
    -------
    tuple of Trigger
    """
    return tuple(parse_trigger(row, questions) for row in rows)


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
