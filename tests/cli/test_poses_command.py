"""``gait poses``: options and formats; ``tests/io/test_export.py`` measures a file end to end."""

from __future__ import annotations

import pytest

from gait.cli.poses_command import POSE_FORMATS
from gait.io.pose_readers import READERS
from tests.cli.conftest import assert_refused


def test_the_formats_are_those_of_the_readers() -> None:
    assert ("auto", *READERS) == POSE_FORMATS


@pytest.mark.parametrize(
    ("options", "fragments"),
    [
        (["--format", "bvh"], ["--format bvh is unknown", "openpose"]),
        (["--view", "top"], ["--view top is unknown"]),
        (["--fps", "0"], ["--fps 0 is outside 5 to 1000"]),
        (["--height", "1.78"], ["--height 1.78"]),
        (["--least-confidence", "60"], ["--least-confidence 60 is outside 0 to 1; e.g. --least-confidence 0.6"]),
        ([], ["run.trc", "no such file"]),
    ],
)
def test_unusable_options_are_refused(gait, tmp_path, options, fragments) -> None:
    assert_refused(gait("poses", "run.trc", *options), *fragments)
    assert not list(tmp_path.iterdir())
