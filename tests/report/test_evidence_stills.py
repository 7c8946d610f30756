"""Still images with the measured lines over them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gait.report.evidence_stills import HEIGHT_PX, MAX_URI_LENGTH, make_still
from tests.fake_sessions import fake_view, stick_runner


def test_stills_are_small_and_carry_the_number(clip: Path) -> None:
    view = fake_view(str(clip), pose=stick_runner(2.0))
    made = make_still(view, key="overstride", side="left", time_s=0.5, label="<31 cm>")
    assert len(made.uri) <= MAX_URI_LENGTH
    assert "&lt;31 cm&gt;" in made.overlay
    assert 'class="measure"' in made.overlay


def test_a_frame_without_keypoints_is_shown_whole(clip: Path) -> None:
    pose = stick_runner(2.0)
    pose.position[:] = np.nan
    made = make_still(fake_view(str(clip), pose=pose), key="overstride", side="left", time_s=0.5, label="")
    assert (made.width, made.height) == (round(640 * HEIGHT_PX / 480), HEIGHT_PX)
    assert "path" not in made.overlay
