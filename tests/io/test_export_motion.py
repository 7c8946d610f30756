"""What goes into files of other programs: even times, metres, angles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.errors import InputError
from gait.io.export_motion import evenly_spaced_times, export_angles, export_motion, real_time
from tests import foreign_files


def test_even_frames_are_kept_and_uneven_ones_put_on_a_grid() -> None:
    view = foreign_files.session().views[0]
    times, rate = evenly_spaced_times(view)
    assert times == pytest.approx(view.clean.time.values)
    assert rate == pytest.approx(view.info.capture_fps)
    uneven = replace(view, clean=view.clean.isel(time=np.r_[0:30, 33 : view.clean.sizes["time"]]))
    times, rate = evenly_spaced_times(uneven)
    assert np.ptp(np.diff(times)) == pytest.approx(0, abs=1e-9)
    assert rate == pytest.approx(view.info.capture_fps)
    with pytest.raises(InputError, match="fewer than two frames"):
        evenly_spaced_times(replace(view, clean=view.clean.isel(time=[0])))


def test_real_time_starts_at_the_first_frame() -> None:
    view = foreign_files.session().views[0]
    start = float(view.clean.time.values[0])
    assert real_time(view, np.array([start, start + 1.0])) == pytest.approx([0.0, view.info.real_per_playback])


def test_the_origin_lies_on_the_ground_below_the_hips() -> None:
    motion = export_motion(foreign_files.session().views[0])
    hips = motion.position[:, [motion.names.index(f"{side}_hip") for side in ("left", "right")]]
    assert np.nanmean(hips[..., 0]) == pytest.approx(0, abs=1e-9)
    assert 0.7 < np.nanmean(hips[..., 1]) < 1.1
    assert (motion.position[..., 2][np.isfinite(motion.position[..., 2])] == 0).all()


def test_without_a_scale_there_are_no_metres() -> None:
    view = foreign_files.session().views[0]
    flat = replace(view, camera=replace(view.camera, m_per_px=None))
    with pytest.raises(InputError, match="need the runner's height") as error:
        export_motion(flat)
    assert error.value.code == "height_missing"
    _, _, angles = export_angles(flat)
    assert "pelvis_tx" not in angles


def test_angles_need_the_side_view() -> None:
    view = foreign_files.session().views[0]
    with pytest.raises(InputError, match="need the side view, not the rear view"):
        export_angles(replace(view, camera=replace(view.camera, view="rear")))
