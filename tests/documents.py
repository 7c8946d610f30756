"""Code in the documentation: found, told apart, and asked of the command line without running it."""

from __future__ import annotations

import importlib.util
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import REPOSITORY

#: Everything that people read; the site adds nothing to it.
PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").glob("*.md")])
FENCE = re.compile(r"^(?P<indent> *)```(?P<kind>\w*)[^\n]*\n(?P<code>.*?)^(?P=indent)```", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One block of code. ``kind`` is its language, empty where none is named or where it is indented."""

    page: Path
    line: int
    kind: str
    code: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(REPOSITORY)}:{self.line}"


def blocks_of(page: Path) -> list[Block]:
    """Give all blocks of code of a page, fenced or indented by four spaces."""
    text = page.read_text(encoding="utf-8")
    found = [
        Block(
            page, text.count("\n", 0, m.start()) + 2, m["kind"], re.sub(rf"^{m['indent']}", "", m["code"], flags=re.M)
        )
        for m in FENCE.finditer(text)
    ]
    # Blanked, so that lines keep their numbers.
    rest = FENCE.sub(lambda m: "\n" * m.group().count("\n"), text).split("\n")
    begun: int | None = None
    for number, line in enumerate([*rest, "end"]):
        code = line.startswith("    ") and (begun is not None or number == 0 or not rest[number - 1].strip())
        if code and begun is None:
            begun = number
        elif begun is not None and not line.startswith("    "):
            found.append(Block(page, begun + 1, "", "\n".join(part[4:] for part in rest[begun:number]) + "\n"))
            begun = None
    return found


def commands_of(block: Block) -> list[list[str]]:
    """Give the command lines of a block that is for a shell, split into words, comments left out."""
    if block.kind not in ("", "sh", "bash", "console"):
        return []
    # A synopsis shows what may be left out in brackets, on as many lines as it takes.
    joined = re.sub(r"\n +(?=\[)", " ", block.code.replace("\\\n", " "))
    joined = re.sub(r"\[(--[^\]]*)\]", r"\1", joined)
    lines = (line.strip().removeprefix("$ ") for line in joined.splitlines())
    words = [shlex.split(line, comments=True) for line in lines if re.match(r"(\.venv/bin/)?(gait|make|pip)\b", line)]
    return [[w[0].removeprefix(".venv/bin/"), *w[1:]] for w in words]


def understood(arguments: list[str]) -> None:
    """Let the command line parse arguments as if it were called with them, without running anything.

    Raises what the parser raises for an unknown command or option or a missing argument. What follows a sign for the
    shell is left out.
    """
    from typer.main import get_command

    from gait.cli.main import app

    for sign in (">", "|", "2>", "&&"):
        if sign in arguments:
            arguments = arguments[: arguments.index(sign)]
    command: Any = get_command(app)
    name, context = "gait", None
    while True:
        context = command.make_context(name, list(arguments), parent=context)
        if not hasattr(command, "resolve_command"):
            return
        rest = [*getattr(context, "_protected_args", ()), *context.args]
        if not rest:
            return
        name, command, arguments = command.resolve_command(context, rest)


def script(path: Path) -> Any:
    """Load a script that lies outside the package."""
    spec = importlib.util.spec_from_file_location(f"script_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def said(notebook: Any) -> str:
    """Give all text that the cells of a notebook put out."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join(o.get("text", "") + o.get("data", {}).get("text/plain", "") for o in outputs)
