"""Templates: what is given is escaped, what is missing is an error, our own style is not escaped."""

from __future__ import annotations

import jinja2
import pytest

from gait.report.page_templates import ours, templates


def test_what_is_given_is_escaped_and_what_is_missing_is_an_error() -> None:
    page = templates("gait.report").from_string("{{ name }} {{ style }}")
    assert page.render(name="<b>", style=ours("gait.report", "report.css")).startswith("&lt;b&gt; ")
    assert "&gt;" not in page.render(name="", style=ours("gait.report", "report.css"))
    with pytest.raises(jinja2.UndefinedError):
        page.render(name="")
