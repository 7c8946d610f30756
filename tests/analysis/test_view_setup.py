"""What a video shows before its steps are measured."""

from __future__ import annotations

import numpy as np
import pytest

from gait.analysis.view_setup import feet_outside_share, inspect_view
from gait.errors import InputError, RefusedError
from gait.records import Runner
from tests.filmed_joints import edited, filmed


def lowered(pose, pixels: float):
    """The same poses, that much lower in the image."""

    def lower(position: np.ndarray, names: list[str]) -> None:
        position[..., 1] += pixels

    return edited(pose, lower)


def test_a_height_gives_a_scale() -> None:
    pose = filmed(seconds=4).pose
    assert inspect_view(pose, runner=Runner()).camera.m_per_px is None
    assert inspect_view(pose, runner=Runner(height_m=1.76)).camera.m_per_px is not None


def test_frames_without_a_runner_count_as_not_detected() -> None:
    def hide(position: np.ndarray, names: list[str]) -> None:
        position[:60] = np.nan

    setup = inspect_view(edited(filmed(seconds=4).pose, hide), runner=Runner())
    assert setup.detected == pytest.approx(0.75)
    assert setup.feet_out == 0.0


def test_feet_outside_the_frame_are_counted_and_refused() -> None:
    pose = lowered(filmed(seconds=4).pose, 300)
    assert feet_outside_share(pose) > 0.9
    with pytest.raises(RefusedError, match="move the camera back") as caught:
        inspect_view(pose, runner=Runner())
    assert caught.value.code == "feet_outside"


def test_an_empty_clip_has_all_feet_outside() -> None:
    assert feet_outside_share(edited(filmed(seconds=2).pose, lambda position, names: position.fill(np.nan))) == 1.0


def test_an_unknown_view_is_an_input_error() -> None:
    with pytest.raises(InputError, match="'top' is unknown"):
        inspect_view(filmed(seconds=4).pose, runner=Runner(), view="top")  # type: ignore[arg-type]
