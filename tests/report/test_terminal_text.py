"""What reaches the terminal: brackets stay, escape sequences do not."""

from __future__ import annotations

import ast
import io

from rich.table import Table

from gait.report.terminal_text import styled_text, terminal_console
from tests.source_code import modules


def printed(*renderables: object) -> str:
    out = io.StringIO()
    console = terminal_console(file=out, width=100)
    for renderable in renderables:
        console.print(renderable)
    return out.getvalue()


def test_brackets_are_no_styles() -> None:
    message = "pip install 'gait[export]' [bold]x[/bold] [red] :warning: [/]"
    table = Table(show_header=False)
    table.add_row(message)
    text = printed(message, styled_text((message, "bold")), table)
    assert text.count(message) == 3


def test_nothing_is_obeyed_or_hidden() -> None:
    name = "a\x1b]0;owned\x07\x1b[31m\u202e\u200b\udcfc\nb"
    table = Table("\x1b[32mhead")
    table.add_row(name)
    text = printed(name, styled_text(name), table)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.count(r"\x1b[31m\u202e\u200b\xfc\nb") == 3
    text.encode()


def test_no_other_module_prints_by_itself() -> None:
    """So that what is checked above holds for every command."""
    # hdf5_guard prints in a process of its own, whose output is read by gait.
    may_print = {"gait.report.terminal_text", "gait.cli.terminal_output", "gait.hdf5_guard"}
    may_echo = {"gait.cli.main"}  # the version and the help, which are the program's own
    for module in (m for m in modules("gait") if m.room != "validation"):
        source = module.path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            where = f"{module.name}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Call) and module.name not in may_print:
                called = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
                assert called not in ("print", "Console") or isinstance(node.func, ast.Attribute), where
                assert called != "echo" or module.name in may_echo, where
            if isinstance(node, ast.Attribute):
                assert node.attr != "to_csv" or module.name == "gait.text_tables", f"{where} writes CSV by itself"
            if isinstance(node, ast.Import):
                named = [alias.name for alias in node.names]
                assert "csv" not in named or module.name == "gait.text_tables", f"{where} reads CSV by itself"
            if isinstance(node, ast.ImportFrom):
                assert node.module != "rich.markup", where
