"""What a runner answered: read, checked, written; and which advice and warnings it brings up."""

from __future__ import annotations

import math
import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from gait.atomic_files import atomic_write
from gait.errors import InputError
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import CorrectionEntry, Knowledge, WarningSign
from gait.findings.questions import Condition, Question, Trigger
from gait.records import Notice

#: A yes or no, a number in the question's unit, one option, or several.
Answer = bool | float | str | tuple[str, ...]

KM_PER_MILE = 1.609344
LARGEST_FILE = 100_000  # bytes; answers to every question take two thousand
YES, NO = ("yes", "y", "true"), ("no", "n", "false")
# A decimal comma, but never "1,000", which would be read as one.
_NUMBER = re.compile(r"([-+]?(?:\d+,\d{1,2}|\d+\.?\d*|\.\d+))\s*([a-z]*)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Answers:
    """Answers by question id. A question that is not in ``values`` was skipped."""

    values: Mapping[str, Answer] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values)


def load_answers(path: str | os.PathLike[str], *, knowledge: Knowledge | None = None) -> Answers:
    """Read and check a file of answers.

    Parameters
    ----------
    path
        TOML as :func:`write_answers` makes it: ``question = answer``, one a line.
    knowledge
        The package's own unless given.

    Returns
    -------
    Answers

    Raises
    ------
    InputError
        If the file cannot be read, holds no answer, or an answer cannot be understood. One line names every fault.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise InputError(f"{path}: is a folder; give the file that `gait ask` wrote")
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(f"{path}: is too large for a file of answers; give the file that `gait ask` wrote")
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; make one with `gait ask -o {path}`") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({(error.strerror or str(error)).lower()})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: is not a TOML file ({error}); make one with `gait ask`") from None
    if not data:
        raise InputError(f"{path}: holds no answers; make some with `gait ask -o {path}`, or leave --answers out")
    try:
        return parse_answers(data, knowledge=knowledge)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def parse_answers(data: Mapping[str, Any], *, knowledge: Knowledge | None = None) -> Answers:
    """Check answers that are already in memory.

    Parameters
    ----------
    data
        Answers by question id: ``True``/``False`` (or ``"yes"``/``"no"``), a number (or ``"480 km"`` for a distance),
        an option id, or a list of them.
    knowledge
        The package's own unless given.

    Returns
    -------
    Answers
        In the order of the questions.

    Raises
    ------
    InputError
        All faults in one line.
    """
    known = load_knowledge() if knowledge is None else knowledge
    values: dict[str, Answer] = {}
    faults = [_unknown(key, known) for key in data if key not in known.questions]
    for key, question in known.questions.items():
        if key in data:
            try:
                values[key] = read_answer(question, data[key])
            except InputError as error:
                faults.append(str(error))
    if faults:
        raise InputError("; ".join(faults))
    return Answers(values)


def read_answer(question: Question, given: Any) -> Answer:
    """Check one answer.

    Returns
    -------
    bool, float, str or tuple of str
        By kind of question: yes or no, number in its unit, option, options.

    Raises
    ------
    InputError
        One line: which question, which value, what would do.
    """
    if question.kind == "yes_no":
        word = str(given).strip().lower() if isinstance(given, bool | str) else ""
        if word not in YES + NO:
            raise InputError(f"{question.id} = {_shown(given)} is neither yes nor no; give true or false")
        return word in YES
    if question.kind == "number":
        return _number(question, given)
    wanted = given if isinstance(given, list | tuple) else [given]
    listed = ", ".join(question.option_ids)
    for one in wanted:
        if not isinstance(one, str) or one not in question.option_ids:
            raise InputError(f"{question.id} = {_shown(one)} is not one of its answers; choose from: {listed}")
    if question.kind == "choice":
        if len(wanted) != 1:
            raise InputError(f"{question.id} = {_shown(given)} must be one answer; choose one of: {listed}")
        return str(wanted[0])
    if not wanted:
        raise InputError(f"{question.id} = [] is empty; leave the line out to skip the question")
    if question.none in wanted and len(set(wanted)) > 1:
        raise InputError(
            f"{question.id} = {_shown(given)}: {question.none!r} goes with no other answer; give one or other"
        )
    return tuple(option for option in question.option_ids if option in wanted)


def write_answers(answers: Answers, path: str | os.PathLike[str], *, knowledge: Knowledge | None = None) -> Path:
    """Write answers as TOML, each under its question, whole or not at all.

    Raises
    ------
    InputError
        If the file cannot be written there.
    """
    known = load_knowledge() if knowledge is None else knowledge
    path = Path(path)
    lines = ["# Answers for `gait analyze --answers`. A line may be changed or left out."]
    for key, value in answers.values.items():
        question = known.questions[key]
        lines += ["", f"# {question.text}", f"{key} = {_toml(value)}"]
        if question.kind == "number":
            lines[-1] += f"  # {question.unit}"
    try:
        with atomic_write(path) as temporary:
            temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(
            f"{path}: the answers cannot be written there ({reason}); choose another file with -o"
        ) from None
    return path


def holds(trigger: Trigger, answers: Answers) -> bool:
    """Whether all conditions of a trigger are met. A question that was skipped meets none."""
    return all(_meets(condition, answers) for condition in trigger)


def warnings_for(answers: Answers, *, knowledge: Knowledge | None = None) -> tuple[Notice, ...]:
    """Say after which answers a person should look at it.

    Returns
    -------
    tuple of Notice
        Most urgent first; empty where no answer is a warning sign. Early signs only where there is nothing graver.
    """
    known = load_knowledge() if knowledge is None else knowledge
    seen = [warn for warn in known.warnings.values() if _any_holds(warn.when, answers)]
    grave = [warn for warn in seen if warn.level != "heed"]
    return tuple(Notice(warn.id, warn.text) for warn in grave or seen)


def held_back(answers: Answers, *, knowledge: Knowledge | None = None) -> frozenset[str]:
    """Return the ids of corrections that must wait until somebody has looked at what the answers warn of."""
    known = load_knowledge() if knowledge is None else knowledge
    held = {h for warn in known.warnings.values() if _any_holds(warn.when, answers) for h in warn.holds_back}
    return frozenset(c.id for c in known.corrections.values() if {c.id, c.kind} & held)


def advice_for(
    answers: Answers, *, differing: Iterable[str] = (), knowledge: Knowledge | None = None
) -> tuple[CorrectionEntry, ...]:
    """Choose the corrections that answers, or a difference between the sides, bring up.

    Parameters
    ----------
    answers
    differing
        Keys of metrics in which left and right differ beyond doubt.
    knowledge
        The package's own unless given.

    Returns
    -------
    tuple of CorrectionEntry
        What was measured in runners before what is advised, that before what is not studied; in each the first of
        every theme before the second of any, so that what is told first is not one thing three times; then the order
        of the knowledge. Without what a warning sign holds back.
    """
    known = load_knowledge() if knowledge is None else knowledge
    order = {"trial": 0, "expert": 1, "low": 2}
    sides = set(differing)
    held = held_back(answers, knowledge=known)
    wanted = [c for c in known.corrections.values() if _any_holds(c.when, answers) or sides & set(c.sides_differ)]
    earlier: Counter[tuple[str, str]] = Counter()
    ranked: list[tuple[int, int, int, CorrectionEntry]] = []
    for entry in wanted:
        if entry.id not in held:
            ranked.append((order[entry.evidence], earlier[entry.evidence, entry.theme], len(ranked), entry))
            earlier[entry.evidence, entry.theme] += 1
    return tuple(entry for *_, entry in sorted(ranked, key=lambda one: one[:3]))


def reasons_for(
    entry: CorrectionEntry | WarningSign, answers: Answers, *, knowledge: Knowledge | None = None
) -> tuple[str, ...]:
    """Return the answers that bring an item up, in words: question and answer."""
    known = load_knowledge() if knowledge is None else knowledge
    asked = dict.fromkeys(c.question for trigger in entry.when if holds(trigger, answers) for c in trigger)
    return tuple(f"{known.questions[q].text} {answer_text(known.questions[q], answers.values[q])}" for q in asked)


def answer_text(question: Question, answer: Answer) -> str:
    """Return one answer in words."""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, str):
        return question.words(answer)
    if isinstance(answer, tuple):
        return "; ".join(question.words(one) for one in answer)
    return f"{answer:g} {question.unit}"


def _any_holds(triggers: Iterable[Trigger], answers: Answers) -> bool:
    return any(holds(trigger, answers) for trigger in triggers)


def _meets(condition: Condition, answers: Answers) -> bool:
    value = answers.values.get(condition.question)
    if value is None:
        return False
    if isinstance(value, bool):
        return value is condition.yes
    if isinstance(value, str):
        return value in condition.options
    if isinstance(value, tuple):
        return bool(set(value) & set(condition.options))
    of = 1.0
    if condition.times is not None:
        other = answers.values.get(condition.times)
        if not isinstance(other, float):
            return False
        of = other
    low = -math.inf if condition.at_least is None else condition.at_least * of
    high = math.inf if condition.at_most is None else condition.at_most * of
    # Whoever ran nothing before and runs nothing now has raised nothing.
    return low <= value <= high and (condition.times is None or value > 0)


def _number(question: Question, given: Any) -> float:
    example = f"give a number of {question.unit}" + (', or with its unit, e.g. "80 km"' if question.miles else "")
    value, unit = math.nan, ""
    if isinstance(given, int | float) and not isinstance(given, bool):
        value = float(given)
    elif isinstance(given, str) and (found := _NUMBER.fullmatch(given.strip())):
        unit = found[2].lower()
        value = float(found[1].replace(",", "."))
        if unit not in {"", "mi", "mile", "miles", "km"} if question.miles else unit:
            value = math.nan
    if math.isnan(value):
        raise InputError(f"{question.id} = {_shown(given)} is not understood; {example}")
    if unit == "km":
        value /= KM_PER_MILE
    if not question.low <= value <= question.high:
        limits = f"{question.low:g} to {question.high:g} {question.unit}"
        raise InputError(f"{question.id} = {_shown(given)} is outside {limits}; {example}")
    return value


def _unknown(key: str, known: Knowledge) -> str:
    close = get_close_matches(key, known.questions, n=1)
    meant = f"did you mean {close[0]!r}?" if close else "`gait ask` writes the names that are known"
    return f"{key[:40]!r} is no question; {meant}"


def _shown(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _toml(value: Answer) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{one}"' for one in value) + "]"
    return f"{round(value, 1):g}"
