from __future__ import annotations

import io

from rich.console import Console

from gait.report.terminal import print_summary
from tests.report.fakes import FakeSession, fake_session, measured


def printed(session: FakeSession, width: int = 120) -> str:
    out = io.StringIO()
    print_summary(session, Console(file=out, width=width, color_system=None))
    return out.getvalue()


def test_the_summary_has_numbers_findings_and_refusals(session: FakeSession) -> None:
    text = printed(session)
    for words in ("1. Your feet land far", "Try:", "33 to 35", "% of leg length", "outside", "borderline", "reliable"):
        assert words in text, words
    assert "Not measured" in text
    assert "Not visible from the side." in text


def test_it_fits_one_screen(session: FakeSession) -> None:
    assert len(printed(session).splitlines()) <= 45


def test_brackets_in_words_are_not_markup() -> None:
    made = fake_session([measured("pelvic_drop", None, side="left", grade="refused", reason="[red]odd[/red]")])
    assert "[red]odd[/red]" in printed(made)


def test_no_finding_is_said() -> None:
    assert "Nothing stands out." in printed(fake_session([measured("overstride", 0.2, side="left", half=0.01)]))
