"""The questions at a terminal, one by one; the caller reads and prints the lines."""

from __future__ import annotations

from collections.abc import Callable

import typer

from gait.display_language import N_, _, pgettext
from gait.errors import InputError
from gait.findings.answers import Answer, Answers, answer_text, parse_answer, trigger_is_met
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import Knowledge
from gait.findings.questions import Question

_REMOVE = "-"
_INTRODUCTION = N_(
    "These questions are about what a video cannot show. Enter skips a question, s all that are left; separate several "
    "answers by commas, e.g. 1,3. The answers stay on this computer. Nothing here is a diagnosis."
)


def prompt_for_line(prompt: str) -> str:
    """Show a prompt and read one line from the terminal.

    Parameters
    ----------
    prompt : str

    Returns
    -------
    str
    """
    return str(typer.prompt(prompt, default="", show_default=False, prompt_suffix=" "))


def ask_questions(
    read_line: Callable[[str], str],
    print_line: Callable[[str], None],
    *,
    earlier: Answers | None = None,
    knowledge: Knowledge | None = None,
    introduction: str = _INTRODUCTION,
) -> Answers:
    """Ask the questions that apply to the runner, until all are asked or the rest is skipped.

    Parameters
    ----------
    read_line : callable
        Shows a prompt and returns the line that was typed.
    print_line : callable
        Shows a line.
    earlier : Answers, optional
        Earlier answers: Enter keeps them, ``-`` removes one, and ``s`` keeps all that are left.
    knowledge : Knowledge, optional
        Questions to ask; by default those that come with gait.
    introduction : str
        Printed before the first question; in English, translated here.

    Returns
    -------
    Answers
        Without questions that were skipped, and without follow-ups of answers that have changed.
    """
    if knowledge is None:
        knowledge = load_knowledge()
    earlier_values = {} if earlier is None else dict(earlier.values)
    given: dict[str, Answer] = {}
    keeps = " " + _("Enter keeps the answer in brackets, - removes it.") if earlier_values else ""
    print_line(_(introduction) + keeps)
    topic, skipping = "", False
    for question in knowledge.questions.values():
        if question.only_if and not trigger_is_met(question.only_if, Answers(given)):
            continue
        answer = earlier_values.get(question.id)
        if not skipping:
            if question.topic != topic:
                topic = question.topic
                print_line(f"\n{topic}")
            try:
                answer = _ask_one(question, answer, read_line, print_line)
            except _RestSkippedError:
                skipping = True
        if answer is not None:
            given[question.id] = answer
    return Answers(given)


class _RestSkippedError(Exception):
    """The runner skips all questions that are left."""


def _ask_one(
    question: Question,
    earlier: Answer | None,
    read_line: Callable[[str], str],
    print_line: Callable[[str], None],
) -> Answer | None:
    print_line(f"\n{question.text}")
    for number, option in enumerate(question.options, start=1):
        print_line(f"  {number}  {option.text}")
    hint = {"yes_no": _("yes/no"), "number": question.unit}.get(question.kind, "")
    if question.miles:
        hint = _("{unit} (or with its unit: 80 km)").format(unit=question.unit)
        if question.shown_factor != 1.0:
            hint = _("km (or with its unit: 50 miles)")
    bracket = "" if earlier is None else f" [{answer_text(question, earlier)}]"
    while True:
        line = read_line(f"{hint}{bracket} >".lstrip()).strip()
        if not line:
            return earlier
        if line == _REMOVE:
            return None
        # Another key where "s" is the beginning of "yes".
        if line.lower() == pgettext("key that skips the questions that are left", "s"):
            raise _RestSkippedError
        try:
            return parse_answer(question, _typed_answer(question, line))
        except InputError as error:
            # The question stands above; its id, which such messages begin with, is for files.
            print_line(f"  {str(error).removeprefix(f'{question.id} = ')}")


def _typed_answer(question: Question, line: str) -> str | list[str]:
    """Replace numbers of options by their ids."""
    if not question.options:
        # Stored numbers without a unit are miles; a bare number is in the unit that was asked for.
        bare = question.miles and question.shown_factor != 1.0 and line[-1:].isdecimal()
        return f"{line} km" if bare else line
    ids = question.option_ids
    answers = [
        ids[int(typed) - 1] if typed.isdecimal() and 1 <= int(typed) <= len(ids) else typed
        for typed in line.replace(",", " ").split()
    ]
    for answer in answers:
        if answer not in ids:
            text = _("{answer} is not one of the answers; give numbers from 1 to {count}")
            raise InputError(text.format(answer=repr(answer[:40]), count=len(ids)))
    return answers
