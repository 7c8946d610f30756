"""Write the HTML pages of this room: self-contained, without scripts; only a video lies beside the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gait.display_language import _
from gait.errors import InputError
from gait.owned_files import owned_write
from gait.report.page_templates import inline_files, template_environment


def render_history_template(template: str, **values: Any) -> str:
    """Fill a template of this room.

    Parameters
    ----------
    template : str
        File name in ``gait/history/templates``.
    **values
        What the template prints. Everything is escaped.

    Returns
    -------
    str
        HTML with the style sheets of the report and of this room.
    """
    style = inline_files("gait.report", "report.css") + inline_files("gait.history", "history.css")
    return template_environment("gait.history").get_template(template).render(style=style, **values)


def write_html_file(path: Path, text: str) -> Path:
    """Write a page, whole or not at all.

    Parameters
    ----------
    path : Path
        In a folder that exists.
    text : str

    Returns
    -------
    Path
        ``path``.

    Raises
    ------
    InputError
        There is no such folder, or it cannot be written to.
    """
    if not path.parent.is_dir():
        raise InputError(
            _("{parent}: no such folder; make it first, or choose another file").format(parent=path.parent)
        )
    try:
        with owned_write(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            _("{path}: cannot be written ({reason}); choose another file").format(
                path=path, reason=error.strerror or error
            )
        ) from None
    return path
