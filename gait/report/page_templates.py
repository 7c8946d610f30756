"""Jinja templates of all HTML pages: values are escaped, a missing value is an error, style and scripts go in as is.

Every text passes `gait.display_text.display_text`: in templates by itself, in drawings by `html_text`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from gait.display_language import gettext, ngettext, pgettext, spoken_language
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

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(package, "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=_visible,
    )
    environment.globals |= {
        "_": _template_text,
        "ngettext": _template_count,
        "pgettext": _template_word,
        "spoken_language": spoken_language,
    }
    return environment


def _template_text(message: str, **values: object) -> Markup:
    return _filled(gettext(message), values)


def _template_count(one: str, many: str, count: int, **values: object) -> Markup:
    return _filled(ngettext(one, many, count), {"count": count, **values})


def _template_word(context: str, message: str, **values: object) -> Markup:
    return _filled(pgettext(context, message), values)


def _filled(message: str, values: Mapping[str, object]) -> Markup:
    """Put values, escaped, into a message of the catalogues, which may hold tags of ours."""
    from markupsafe import Markup

    return Markup(message).format(**{name: html_text(value) for name, value in values.items()})


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
