"""``gait poses``: options and formats; ``tests/io/test_export.py`` measures a file end to end."""

from __future__ import annotations

import pytest

from gait.cli.poses_command import POSE_FORMATS
from gait.errors import InputError
from gait.io.pose_readers import READERS
from tests.cli.conftest import assert_refused
from tests.walking_markers import LEGS, trc_text


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
        (["--keypoint", "left_hip"], ["--keypoint left_hip: must be KEYPOINT=NAME"]),
        ([], ["run.trc", "no such file"]),
    ],
)
def test_unusable_options_are_refused(gait, tmp_path, options, fragments) -> None:
    assert_refused(gait("poses", "run.trc", *options), *fragments)
    assert not list(tmp_path.iterdir())


def test_a_marker_can_be_named(gait, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, object]] = []

    def stop(*arguments: object, **options: object) -> None:
        seen.append(options)
        raise InputError("seen")

    monkeypatch.setattr("gait.io.poses.load_poses", stop)
    gait("poses", "run.trc", "--keypoint", "left_hip=Tro L", "--keypoint", "left_hip=SIPS=L", "--keypoint", "nose=Nase")
    assert seen[0]["names"] == {"left_hip": ["Tro L", "SIPS=L"], "nose": ["Nase"]}


def test_a_keypoint_without_a_marker_names_the_option(gait, tmp_path) -> None:
    names = ["Beckenkamm" if name == "left_hip" else name for name in LEGS]
    (tmp_path / "run.trc").write_text(trc_text(names=names))
    assert_refused(gait("poses", "run.trc"), "keypoint left_hip missing", "Beckenkamm", "--keypoint left_hip=NAME")
