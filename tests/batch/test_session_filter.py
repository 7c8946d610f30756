"""Filters on columns of manifest and roster."""

from __future__ import annotations

import pytest

from gait.batch.planned_session import ClipEntry, PlannedSession
from gait.batch.session_filter import parse_filter, select_sessions
from gait.errors import InputError


def session(slug: str, squad: str) -> PlannedSession:
    return PlannedSession(slug, (ClipEntry("/a", "a", extra={"squad": squad}),), "Anna", slug=slug)


SESSIONS = [session("a", "U20"), session("b", "U 23"), session("c", "")]


def test_any_value_of_a_column_and_every_column() -> None:
    assert select_sessions(SESSIONS, parse_filter(["Squad = u20"])) == {"a"}
    assert select_sessions(SESSIONS, parse_filter(["squad=U20", "squad=u 23"])) == {"a", "b"}
    assert select_sessions(SESSIONS, parse_filter(["squad="])) == {"c"}
    assert select_sessions(SESSIONS, parse_filter(["squad=U20", "athlete=anna"])) == {"a"}


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("squad", "COLUMN=VALUE"),
        ("=U20", "COLUMN=VALUE"),
        ("team=U20", "no session has a column"),
        ("squad=U9", "no session has squad=U9"),
    ],
)
def test_what_fits_nothing_is_one_line(condition: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        select_sessions(SESSIONS, parse_filter([condition]))
