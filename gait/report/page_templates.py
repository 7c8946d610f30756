"""Filling templates: what is given is escaped, what is missing is an error; style and scripts go in as they are."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup


@cache
def templates(package: str) -> jinja2.Environment:
    """Give the templates in the folder ``templates`` of a package."""
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader(package, "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def ours(package: str, *files: str) -> Markup:
    """Give files of that folder as text that is not escaped: ours, not the user's."""
    from markupsafe import Markup

    folder = resources.files(package) / "templates"
    return Markup("\n".join((folder / name).read_text(encoding="utf-8") for name in files))
