"""When a camera recorded a clip."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from gait.video.recording_time import recording_time, recording_time_of_tags


def test_what_cannot_be_opened_states_nothing(tmp_path: Path) -> None:
    (tmp_path / "c.mp4").write_bytes(b"no video")
    assert recording_time(tmp_path / "c.mp4") is None
    assert recording_time(tmp_path / "gone.mp4") is None


def test_utc_becomes_local_time() -> None:
    expected = datetime.fromisoformat("2026-03-01T17:30:00+00:00").astimezone().replace(tzinfo=None)
    assert recording_time_of_tags({"creation_time": "2026-03-01T17:30:00.000000Z"}) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        # The phone was elsewhere: its own time counts.
        (
            {"com.apple.quicktime.creationdate": "2026-03-01T23:30:00+0900", "creation_time": "2026-03-01T14:30:00Z"},
            datetime(2026, 3, 1, 23, 30),
        ),
        ({"creation_time": "1970-01-01T00:00:00Z"}, None),  # a camera without a clock
        ({"creation_time": "1904-01-01T00:00:00Z"}, None),
        ({"creation_time": "9999-12-31T23:59:59Z"}, None),
        ({"creation_time": "yesterday"}, None),
        ({"date": "2026"}, None),  # a year is no day
        ({"date": "2026-03-01 10:00:00"}, datetime(2026, 3, 1, 10, 0)),
        ({}, None),
    ],
)
def test_tags(tags: dict[str, str], expected: datetime | None) -> None:
    assert recording_time_of_tags(tags) == expected
