"""Jinja templates of all HTML pages: values are escaped, a missing value is an error, style and scripts go in as is.

Every text passes `gait.display_text.display_text`: in templates by itself, in drawings by `html_text`.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from gait.display_text import display_text

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
        finalize=_visible,
    )


def _visible(value: Any) -> Any:
    is_plain = isinstance(value, str) and not hasattr(value, "__html__")
    return display_text(value, keep="\n\t") if is_plain else value


def html_text(text: object) -> Markup:
    """Escape a text for HTML and make invisible characters visible.

    Parameters
    ----------
    text : object
        Markup stays as it is.

    Returns
    -------
    markupsafe.Markup
    """
    from markupsafe import escape

    return escape(_visible(text))


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
