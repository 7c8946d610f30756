"""Templates: values are escaped, a missing value is an error, the package's own style is not escaped."""

from __future__ import annotations

import jinja2
import pytest

from gait.report.page_templates import html_text, inline_files, template_environment


def test_values_are_escaped_and_a_missing_one_is_an_error() -> None:
    page = template_environment("gait.report").from_string("{{ name }} {{ style }}")
    assert page.render(name="<b>", style=inline_files("gait.report", "report.css")).startswith("&lt;b&gt; ")
    assert "&gt;" not in page.render(name="", style=inline_files("gait.report", "report.css"))
    with pytest.raises(jinja2.UndefinedError):
        page.render(name="")


def test_names_hide_nothing_in_a_page() -> None:
    name = "a\x1b[31m\u202eb\u200b\udcfc<"
    shown = r"a\x1b[31m\u202eb\u200b\xfc&lt;"
    page = template_environment("gait.report").from_string('<a title="{{ name }}">{{ "x" ~ name }} {{ n }}</a>')
    assert page.render(name=name, n=3) == f'<a title="{shown}">x{shown} 3</a>'
    assert html_text(name) == shown
    assert html_text(html_text(name)) == shown
