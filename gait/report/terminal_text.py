"""The only way to the terminal: no markup in what is printed, and nothing in it that a terminal would obey.

Rich takes ``[export]`` in a text for a style and drops it, and a name of a file can hold escape sequences. So a console
of gait has no markup; styles are given as arguments or by `styled_text`, and every text passes
`gait.display_text.display_text`. A test checks that no other module makes a console or uses markup.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from gait.display_text import display_text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


def terminal_console(*, stderr: bool = False, file: IO[str] | None = None, width: int | None = None) -> Console:
    """Make a console.

    Parameters
    ----------
    stderr : bool
        Whether it prints on standard error.
    file : text stream, optional
        Where to print instead.
    width : int, optional
        Columns; those of the terminal by default.

    Returns
    -------
    rich.console.Console
        Prints every str as it is, also in tables, with invisible characters as escapes.
    """
    from rich.console import Console

    class VisibleConsole(Console):
        def render_str(self, text: str, **options: Any) -> Text:
            return super().render_str(display_text(text), **options)

    return VisibleConsole(stderr=stderr, file=file, width=width, markup=False, emoji=False, highlight=False)


def styled_text(*parts: str | tuple[str, str]) -> Text:
    """Put a line together from parts with styles of their own.

    Parameters
    ----------
    *parts : str or (str, str)
        Text, or text and its style.

    Returns
    -------
    rich.text.Text
        With invisible characters as escapes.
    """
    from rich.text import Text

    pairs = [(part, "") if isinstance(part, str) else part for part in parts]
    return Text.assemble(*((display_text(text), style) for text, style in pairs))
