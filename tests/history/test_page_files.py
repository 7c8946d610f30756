"""Pages as files: whole or not at all, escaped, without anything to load."""

from __future__ import annotations

from pathlib import Path

import pytest

from gait.errors import InputError
from gait.history.page_files import render_history_template, write_html_file
from gait.owned_files import FILES_LIST


def test_values_are_escaped_and_styles_are_inside() -> None:
    page = render_history_template(
        "history.html.j2", name="<b>", dates=[], headline="&", rows=[], notes=[], cards=[], version="1"
    )
    assert "<strong>&lt;b&gt;</strong>" in page
    assert "<style>" in page
    assert "<link" not in page


def test_a_file_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    assert write_html_file(tmp_path / "a.html", "text").read_text(encoding="utf-8") == "text"
    (tmp_path / "folder.html").mkdir()
    for path in (tmp_path / "folder.html", tmp_path / "gone" / "a.html"):
        with pytest.raises(InputError) as error:
            write_html_file(path, "text")
        assert "\n" not in str(error.value)
    assert {path.name for path in tmp_path.iterdir()} == {"a.html", "folder.html", FILES_LIST}
