"""Answers of a runner: read, checked and written; and the advice and warnings that they bring up."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import tomli_w

from gait._typing import PathLike
from gait.checked_toml import parse_toml
from gait.display_language import _, clauses_text
from gait.display_units import number_text, significant_text
from gait.errors import InputError
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import CorrectionEntry, Knowledge, WarningSign
from gait.findings.questions import Condition, Question, Trigger
from gait.owned_files import owned_write
from gait.records import Notice

#: A yes or no, a number in the question's unit, one option, or several.
Answer = bool | float | str | tuple[str, ...]

KM_PER_MILE = 1.609344
#: Largest file of answers, bytes. [E] Answers to every question take two thousand.
MAX_FILE_BYTES = 100_000
# In every language of the questions, whatever language is shown: answers files travel.
YES = ("yes", "y", "true", "ja", "j", "oui", "o", "sí", "si", "s")
NO = ("no", "n", "false", "nein", "non")
# A decimal comma is accepted, but not "1,000", which would be read as 1.
_NUMBER = re.compile(r"([-+]?(?:\d+,\d{1,2}|\d+\.?\d*|\.\d+))\s*([a-z]*)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Answers:
    """Answers by question id. A question that is missing from ``values`` was skipped."""

    values: Mapping[str, Answer] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values)


def load_answers(path: PathLike, *, knowledge: Knowledge | None = None) -> Answers:
    """Read and check a file of answers.

    Parameters
    ----------
    path : path
        TOML as `write_answers` makes it: ``question = answer``, one a line.
    knowledge : Knowledge, optional
        By default that of the package.

    Returns
    -------
    Answers

    Raises
    ------
    InputError
        The file cannot be read, holds no answer, or holds an answer that cannot be understood. One line names all
        faults.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise InputError(_("{path}: a folder; give the file that `gait ask` wrote").format(path=path))
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InputError(
                _("{path}: too large for a file of answers; give the file that `gait ask` wrote").format(path=path)
            )
        data = parse_toml(path.read_bytes())
    except FileNotFoundError:
        raise InputError(_("{path}: no such file; make one with `gait ask`").format(path=path)) from None
    except OSError as error:
        raise InputError(
            _("{path}: cannot be read ({reason})").format(path=path, reason=(error.strerror or str(error)).lower())
        ) from None
    except ValueError as error:
        raise InputError(
            _("{path}: not a TOML file ({error}); make one with `gait ask`").format(path=path, error=error)
        ) from None
    if not data:
        raise InputError(
            _("{path}: holds no answers; make some with `gait ask`").format(path=path), code="answers_empty"
        )
    try:
        return parse_answers(data, knowledge=knowledge)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def parse_answers(data: Mapping[str, Any], *, knowledge: Knowledge | None = None) -> Answers:
    """Check answers that are already in memory.

    Parameters
    ----------
    data : mapping
        Answers by question id: ``True``/``False`` (or ``"yes"``/``"no"``), a number (or ``"480 km"`` for a distance),
        an option id, or a list of them.
    knowledge : Knowledge, optional
        By default that of the package.

    Returns
    -------
    Answers
        In the order of the questions.

    Raises
    ------
    InputError
        An answer or a name cannot be understood; one line names all faults.
    """
    knowledge = load_knowledge() if knowledge is None else knowledge
    values: dict[str, Answer] = {}
    faults = [_unknown_key(key, knowledge) for key in data if key not in knowledge.questions]
    for key, question in knowledge.questions.items():
        if key in data:
            try:
                values[key] = parse_answer(question, data[key])
            except InputError as error:
                faults.append(str(error))
    if faults:
        raise InputError("; ".join(faults))
    return Answers(values)


def parse_answer(question: Question, given: Any) -> Answer:
    """Check one answer.

    Parameters
    ----------
    question : Question
    given : object
        As in `parse_answers`.

    Returns
    -------
    bool, float, str or tuple of str
        By kind of question: yes or no, number in its unit, option, options.

    Raises
    ------
    InputError
        The answer does not fit the question.
    """
    if question.kind == "yes_no":
        word = str(given).strip().lower() if isinstance(given, bool | str) else ""
        if word not in YES + NO:
            raise InputError(
                _("{id} = {quoted} is neither yes nor no; give true or false").format(
                    id=question.id, quoted=_quoted(given)
                )
            )
        return word in YES
    if question.kind == "number":
        return _parse_number(question, given)
    wanted = given if isinstance(given, list | tuple) else [given]
    listed = ", ".join(question.option_ids)
    for one in wanted:
        if not isinstance(one, str) or one not in question.option_ids:
            raise InputError(
                _("{id} = {quoted} is not one of its answers; choose from: {listed}").format(
                    id=question.id, quoted=_quoted(one), listed=listed
                )
            )
    if question.kind == "choice":
        if len(wanted) != 1:
            raise InputError(
                _("{id} = {quoted} must be one answer; choose one of: {listed}").format(
                    id=question.id, quoted=_quoted(given), listed=listed
                )
            )
        return str(wanted[0])
    if not wanted:
        raise InputError(_("{id} = [] is empty; leave the line out to skip the question").format(id=question.id))
    if question.none in wanted and len(set(wanted)) > 1:
        raise InputError(
            _("{id} = {quoted}: {none} excludes every other answer; give one or the other").format(
                id=question.id, quoted=_quoted(given), none=repr(question.none)
            )
        )
    return tuple(option for option in question.option_ids if option in wanted)


def write_answers(
    answers: Answers, path: PathLike, *, knowledge: Knowledge | None = None, changing: bool = False
) -> Path:
    """Write answers as TOML, each under its question, whole or not at all.

    Parameters
    ----------
    answers : Answers
    path : path
        File to make or replace.
    knowledge : Knowledge, optional
        By default that of the package.
    changing : bool
        The answers hold those of the file that is there, which is then replaced whoever wrote it.

    Returns
    -------
    Path
        ``path``.

    Raises
    ------
    InputError
        The file cannot be written, or is not gait's own.
    """
    knowledge = load_knowledge() if knowledge is None else knowledge
    path = Path(path)
    lines = ["# Answers of a runner, for an analysis by gait. You can change a line or leave it out."]
    for key, value in answers.values.items():
        question = knowledge.questions[key]
        unit = f" ({question.unit})" if question.kind == "number" else ""
        lines += ["", f"# {question.text}{unit}", tomli_w.dumps({key: _plain(value)}).rstrip()]
    try:
        with owned_write(path, changing=changing) as temporary:
            temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(
            _("{path}: the answers cannot be written ({reason}); choose another file").format(path=path, reason=reason)
        ) from None
    return path


def trigger_is_met(trigger: Trigger, answers: Answers) -> bool:
    """Test whether answers meet all conditions of a trigger.

    Parameters
    ----------
    trigger : Trigger
    answers : Answers
        A question that was skipped meets no condition.

    Returns
    -------
    bool
    """
    return all(_meets(condition, answers) for condition in trigger)


def any_trigger_is_met(triggers: Iterable[Trigger], answers: Answers) -> bool:
    """Test whether answers meet one of several triggers.

    Parameters
    ----------
    triggers : iterable of Trigger
    answers : Answers

    Returns
    -------
    bool
    """
    return any(trigger_is_met(trigger, answers) for trigger in triggers)


def warnings_from_answers(answers: Answers, *, knowledge: Knowledge | None = None) -> tuple[Notice, ...]:
    """Collect the warning signs in answers: a professional should look at the runner.

    Parameters
    ----------
    answers : Answers
    knowledge : Knowledge, optional
        By default that of the package.

    Returns
    -------
    tuple of Notice
        Most urgent first; empty where no answer is a warning sign. Early signs only where nothing is more urgent.
    """
    knowledge = load_knowledge() if knowledge is None else knowledge
    signs = signs_in_answers(answers, knowledge=knowledge)
    urgent = [sign for sign in signs if sign.level != "heed"]
    return tuple(Notice(sign.id, sign.text) for sign in urgent or signs)


def signs_in_answers(answers: Answers, *, knowledge: Knowledge | None = None) -> tuple[WarningSign, ...]:
    """Collect every warning sign that answers bring up, early ones included.

    Parameters
    ----------
    answers : Answers
    knowledge : Knowledge, optional
        By default that of the package.

    Returns
    -------
    tuple of WarningSign
        Most urgent first.
    """
    knowledge = load_knowledge() if knowledge is None else knowledge
    return tuple(sign for sign in knowledge.warnings.values() if any_trigger_is_met(sign.when, answers))


def withheld_corrections(answers: Answers, *, knowledge: Knowledge | None = None) -> frozenset[str]:
    """Collect the corrections that must wait until a professional has looked at the warning signs in answers.

    Parameters
    ----------
    answers : Answers
    knowledge : Knowledge, optional
        By default that of the package.

    Returns
    -------
    frozenset of str
        Ids.
    """
    knowledge = load_knowledge() if knowledge is None else knowledge
    withheld = {w for sign in signs_in_answers(answers, knowledge=knowledge) for w in sign.holds_back}
    return frozenset(c.id for c in knowledge.corrections.values() if {c.id, c.kind} & withheld)


def reasons_for_advice(
    entry: CorrectionEntry | WarningSign, answers: Answers, *, knowledge: Knowledge | None = None
) -> tuple[str, ...]:
    """List the answers that bring an item up.

    Parameters
    ----------
    entry : CorrectionEntry or WarningSign
    answers : Answers
    knowledge : Knowledge, optional
        By default that of the package.

    Returns
    -------
    tuple of str
        Question and answer, as text.
    """
    knowledge = load_knowledge() if knowledge is None else knowledge
    met = [trigger for trigger in entry.when if trigger_is_met(trigger, answers)]
    questions = [knowledge.questions[key] for key in dict.fromkeys(c.question for trigger in met for c in trigger)]
    return tuple(f"{question.text} {answer_text(question, answers.values[question.id])}" for question in questions)


def answer_text(question: Question, answer: Answer) -> str:
    """Write one answer as text.

    Parameters
    ----------
    question : Question
    answer : bool, float, str or tuple of str

    Returns
    -------
    str
    """
    if isinstance(answer, bool):
        return _("yes") if answer else _("no")
    if isinstance(answer, str):
        return question.option_text(answer)
    if isinstance(answer, tuple):
        return clauses_text([question.option_text(option) for option in answer])
    return f"{significant_text(answer * question.shown_factor, 6)} {question.shown_unit}"


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
    factor = 1.0
    if condition.times is not None:
        other = answers.values.get(condition.times)
        if not isinstance(other, float):
            return False
        factor = other
    low = -math.inf if condition.at_least is None else condition.at_least * factor
    high = math.inf if condition.at_most is None else condition.at_most * factor
    # A runner who ran nothing before and runs nothing now has increased nothing.
    return low <= value <= high and (condition.times is None or value > 0)


def _parse_number(question: Question, given: Any) -> float:
    if question.miles and question.shown_factor != 1.0:
        example = _('give a number of kilometres, or with its unit, e.g. "50 miles"')
    elif question.miles:
        example = _('give a number of {unit}, or with its unit, e.g. "80 km"').format(unit=question.unit)
    else:
        example = _("give a number of {unit}").format(unit=question.unit)
    value, unit = math.nan, ""
    if isinstance(given, int | float) and not isinstance(given, bool):
        value = math.inf if abs(given) >= 1e300 else float(given)  # TOML's whole numbers have no end
    elif isinstance(given, str) and (found := _NUMBER.fullmatch(given.strip())):
        unit = found[2].lower()
        value = float(found[1].replace(",", "."))
        if unit not in {"", "mi", "mile", "miles", "km"} if question.miles else unit:
            value = math.nan
    if math.isnan(value):
        raise InputError(
            _("{id} = {quoted} is not understood; {example}").format(
                id=question.id, quoted=_quoted(given), example=example
            )
        )
    if unit == "km":
        value /= KM_PER_MILE
    if not question.low <= value <= question.high:
        factor = question.shown_factor
        low, high = significant_text(question.low * factor, 6), number_text(math.floor(question.high * factor), 0)
        limits = _("{low} to {high} {unit}").format(low=low, high=high, unit=question.shown_unit)
        raise InputError(
            _("{id} = {quoted} is outside {limits}; {example}").format(
                id=question.id, quoted=_quoted(given), limits=limits, example=example
            )
        )
    return value


def _unknown_key(key: str, knowledge: Knowledge) -> str:
    close = get_close_matches(key[:80], knowledge.questions, n=1)
    text = _("{key} is no question; `gait ask` writes a file with all questions")
    if close:
        text = _("{key} is no question; did you mean {name}?")
    return text.format(key=repr(key[:40]), name=repr(close[0]) if close else "")


def _quoted(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _plain(value: Answer) -> bool | int | float | str | list[str]:
    """Return an answer as TOML writes it best: numbers with one decimal at most."""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, float):
        rounded = round(value, 1)
        return int(rounded) if rounded.is_integer() else rounded
    return value
