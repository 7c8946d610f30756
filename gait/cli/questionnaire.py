"""Asking the runner, question by question. How a line is read and printed is the caller's matter."""

from __future__ import annotations

from collections.abc import Callable

from gait.errors import InputError
from gait.findings.answers import Answer, Answers, answer_text, holds, read_answer
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import Knowledge
from gait.findings.questions import Question

REMOVE = "-"
INTRODUCTION = (
    "What a film cannot show. Skip any question with Enter; several answers go with commas, e.g. 1,3. "
    "Nothing leaves this computer, and nothing here is a diagnosis."
)


def ask(
    read: Callable[[str], str],
    say: Callable[[str], None],
    *,
    before: Answers | None = None,
    knowledge: Knowledge | None = None,
) -> Answers:
    """Ask all questions that are worth asking.

    Parameters
    ----------
    read
        Shows a prompt and returns the line that was typed.
    say
        Shows a line.
    before
        Earlier answers: Enter keeps them, ``-`` removes one.
    knowledge
        The package's own unless given.

    Returns
    -------
    Answers
        Without the questions that were skipped, and without follow-ups of answers that have changed.
    """
    known = load_knowledge() if knowledge is None else knowledge
    earlier = {} if before is None else dict(before.values)
    given: dict[str, Answer] = {}
    say(INTRODUCTION + (" Enter keeps the answer in brackets, - removes it." if earlier else ""))
    topic = ""
    for question in known.questions.values():
        if question.only_if and not holds(question.only_if, Answers(given)):
            continue
        if question.topic != topic:
            topic = question.topic
            say(f"\n{topic}")
        answer = _one(question, earlier.get(question.id), read, say)
        if answer is not None:
            given[question.id] = answer
    return Answers(given)


def _one(
    question: Question, before: Answer | None, read: Callable[[str], str], say: Callable[[str], None]
) -> Answer | None:
    say(f"\n{question.text}")
    for number, option in enumerate(question.options, start=1):
        say(f"  {number}  {option.text}")
    hint = {"yes_no": "yes/no", "number": question.unit}.get(question.kind, "")
    if question.miles:
        hint += " (or with its unit: 80 km)"
    kept = "" if before is None else f" [{answer_text(question, before)}]"
    while True:
        line = read(f"{hint}{kept} >".lstrip()).strip()
        if not line:
            return before
        if line == REMOVE:
            return None
        try:
            return read_answer(question, _typed(question, line))
        except InputError as error:
            # In a conversation the question is known; its id is for files.
            say(f"  {str(error).removeprefix(f'{question.id} = ')}")


def _typed(question: Question, line: str) -> str | list[str]:
    """Turn option numbers into ids."""
    if not question.options:
        return line
    ids = question.option_ids
    words = [
        ids[int(w) - 1] if w.isdecimal() and 1 <= int(w) <= len(ids) else w for w in line.replace(",", " ").split()
    ]
    for word in words:
        if word not in ids:
            raise InputError(f"{word[:40]!r} is not one of the answers; give numbers from 1 to {len(ids)}")
    return words
