"""What the name of a clip says."""

from __future__ import annotations

import pytest

from gait.batch.clip_names import fold_name, split_clip_name


@pytest.mark.parametrize(
    ("stem", "session", "view"),
    [
        ("anna_side", "anna", "side"),
        ("anna - rear", "anna", "rear"),
        ("Anna from behind 2", "Anna 2", "rear"),
        ("2026-03-01-front", "2026-03-01", "front"),
        ("anna left", "anna", "side"),
        ("anna_side_left", "anna", "side"),
        ("IMG.front.view", "IMG", "front"),
        ("side", "", "side"),
        ("insider", "insider", "auto"),
        ("Лена_back", "Лена", "rear"),
    ],
)
def test_a_name_holds_session_and_view(stem: str, session: str, view: str) -> None:
    assert split_clip_name(stem) == (session, view)


def test_case_separators_and_encoding_do_not_make_another_name() -> None:
    assert fold_name("Zoë_B") == fold_name("  zoe\u0308 - b ") != fold_name("Zoe B")
