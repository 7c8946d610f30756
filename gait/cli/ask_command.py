"""``gait ask``: ask the runner what no video shows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gait.cli.options import LanguageOption, parse_language, speak_in_command
from gait.cli.terminal_output import print_line
from gait.display_language import _
from gait.errors import InputError


def register(app: typer.Typer) -> None:
    """Add ``gait ask`` to the command line.

    Parameters
    ----------
    app : typer.Typer
        The command line.
    """
    app.command("ask", no_args_is_help=False)(_ask)


def _ask(
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="FILE.toml", help="File for the answers; earlier ones can be kept."),
    ] = Path("answers.toml"),
    language: LanguageOption = None,
) -> None:
    """Ask about pain, shoes and training, for more specific advice.

    Every question can be skipped. The answers go to a file for `gait analyze --answers`.
    """
    speak_in_command(parse_language(language))
    if output.suffix.lower() != ".toml":
        raise InputError(_("{output}: must end in .toml").format(output=output))
    if not output.parent.is_dir():
        raise InputError(
            _("{parent}: no such folder; make it first, or choose another file with -o").format(parent=output.parent)
        )

    from gait.cli.questionnaire import ask_questions, prompt_for_line
    from gait.findings.answers import load_answers, warnings_from_answers, write_answers

    earlier = load_answers(output) if output.exists() else None

    answers = ask_questions(prompt_for_line, print_line, earlier=earlier)
    if not answers:
        print_line("\n" + _("No question was answered; nothing was written."))
        return
    write_answers(answers, output, changing=earlier is not None)
    for warning in warnings_from_answers(answers):
        print_line("\n" + _("Please read this first: {warning}").format(warning=warning.message))
    text = _("Answers: {file}  To use them: gait analyze VIDEO --answers {file}")
    print_line("\n" + text.format(file=output))
