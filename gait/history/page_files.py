"""Pages of this room: the report's style and one sheet more, no script, nothing loaded but a video beside the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gait.atomic_files import atomic_write
from gait.errors import InputError
from gait.report.page_templates import ours, templates


def render_history_template(template: str, **given: Any) -> str:
    """Fill a template; everything given is escaped, but for the style sheets, which are ours."""
    style = ours("gait.report", "report.css") + ours("gait.history", "history.css")
    return templates("gait.history").get_template(template).render(style=style, **given)


def write_html_file(path: Path, text: str) -> Path:
    """Write a page, whole or not at all.

    Raises
    ------
    InputError
        There is no such folder, or it cannot be written to.
    """
    if not path.parent.is_dir():
        raise InputError(f"{path.parent}: no such folder; make it first, or choose another file")
    try:
        with atomic_write(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror or error}); choose another file") from None
    return path
