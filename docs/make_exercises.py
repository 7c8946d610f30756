"""Write ``docs/exercises.md`` and its drawings: ``python docs/make_exercises.py``. A test compares both.

The page shows every exercise, stretch, roll and drill that the corrections prescribe.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

from gait.atomic_files import atomic_write
from gait.findings.exercises import OUR_SETS, Exercise, load_exercises
from gait.report.exercise_drawings import exercise_drawing

PAGE = Path(__file__).parent / "exercises.md"
#: Folder of the drawings, seen from the page.
DRAWINGS = "images/exercises"
KINDS = {"strength": "Strength", "warm_up": "Warm-up", "stretch": "Stretches", "roll": "Rolling", "drill": "Drills"}
LINE_LENGTH = 120


def page() -> str:
    """Write out all exercises, by kind.

    Returns
    -------
    str
        Markdown.
    """
    exercises = load_exercises()
    sections = [
        "# Exercises",
        _wrap(
            "Made from `gait/findings/exercises.toml` by `python docs/make_exercises.py`; do not edit. "
            "The wording and the drawings are this project's own. Left is the start of the movement, right its end. "
            "Where it hurts, take the easier way; where it still hurts, leave it out."
        ),
    ]
    for kind, title in KINDS.items():
        sections.append(f"## {title}")
        sections += [_exercise(exercise) for exercise in exercises if exercise.kind == kind]
    return "\n\n".join(sections) + "\n"


def drawings() -> dict[str, str]:
    """Draw all exercises.

    Returns
    -------
    dict of str to str
        File name → SVG.
    """
    return {f"{exercise.id}.svg": f"{exercise_drawing(exercise.id)}\n" for exercise in load_exercises()}


def write_page(path: Path = PAGE) -> Path:
    """Write page and drawings, each whole or not at all.

    Parameters
    ----------
    path : Path
        Of the page; the drawings go into its folder ``images/exercises``.

    Returns
    -------
    Path
        ``path``.
    """
    folder = path.parent / DRAWINGS
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {**{folder / name: svg for name, svg in drawings().items()}, path: page()}.items():
        with atomic_write(name) as temporary:
            temporary.write_text(content, encoding="utf-8")
    return path


def _exercise(exercise: Exercise) -> str:
    how = "\n".join(_wrap(f"{number}. {text}", indent="   ") for number, text in enumerate(exercise.how, start=1))
    origin = " (our suggestion)" if exercise.sets_from == OUR_SETS else " (the article's amount)"
    facts = [f"**How much:** {exercise.sets}{origin}."]
    if exercise.needs:
        facts.append(f"**You need:** {exercise.needs}.")
    facts += [f"**Too easy:** {exercise.progression}", f"**If it hurts:** {exercise.easier}"]
    named = "Source" if exercise.named else "The need that it serves"
    facts.append(f"**{named}:** {exercise.source}. **For:** {', '.join(f'`{c}`' for c in exercise.corrections)}.")
    listed = "\n".join(_wrap(f"- {fact}", indent="  ") for fact in facts)
    picture = f"![{exercise.title}: start and end]({DRAWINGS}/{exercise.id}.svg)"
    return f"### {exercise.title}\n\n{picture}\n\n{how}\n\n{listed}"


def _wrap(text: str, *, indent: str = "") -> str:
    return textwrap.fill(text, LINE_LENGTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


if __name__ == "__main__":
    print(write_page())
