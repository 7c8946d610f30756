"""Jinja templates of all HTML pages: values are escaped, a missing value is an error, style and scripts go in as is."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup


@cache
def template_environment(package: str) -> jinja2.Environment:
    """Load the templates in the folder ``templates`` of a package.

    Parameters
    ----------
    package : str
        Such as ``"gait.report"``.

    Returns
    -------
    jinja2.Environment
    """
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader(package, "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def inline_files(package: str, *files: str) -> Markup:
    """Read files of that folder as text that is not escaped: style and scripts of the package itself.

    Parameters
    ----------
    package : str
        Such as ``"gait.report"``.
    *files : str
        Names in its folder ``templates``.

    Returns
    -------
    markupsafe.Markup
    """
    from markupsafe import Markup

    folder = resources.files(package) / "templates"
    return Markup("\n".join((folder / name).read_text(encoding="utf-8") for name in files))
