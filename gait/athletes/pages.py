"""Pages of this room: the report's style and one sheet more, no script, nothing loaded but a video beside the page."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait.errors import InputError
from gait.files import replacing

if TYPE_CHECKING:
    import jinja2


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader("gait.athletes", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def render(template: str, **given: Any) -> str:
    """Fill a template; everything given is escaped, but for the style sheets, which are ours."""
    from markupsafe import Markup

    sheets = (
        resources.files("gait.report") / "templates" / "report.css",
        resources.files("gait.athletes") / "templates" / "athletes.css",
    )
    style = Markup("\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets))
    return _environment().get_template(template).render(style=style, **given)


def write(path: Path, text: str) -> Path:
    """Write a page, whole or not at all.

    Raises
    ------
    InputError
        There is no such folder, or it cannot be written to.
    """
    if not path.parent.is_dir():
        raise InputError(f"{path.parent}: no such folder; make it first, or choose another file")
    try:
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror or error}); choose another file") from None
    return path
