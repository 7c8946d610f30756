"""A laboratory's C3D beside a video: markers by name, force or events, clocks that differ; truth by gait's formulas."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from gait.errors import InputError
from gait.validation.lab_recordings import (
    find_lab_recordings,
    force_events,
    lab_events,
    lab_reference,
    marker_tracks,
)
from gait.validation.reference_comparison import event_rows, value_rows
from tests.foreign_files import seen
from tests.reference_files import VIDEO, true_times, vertical_force, write_c3d

pytest.importorskip("ezc3d", reason="C3D needs gait[export]")
TRUTH = json.loads(VIDEO.with_suffix(".truth.json").read_text(encoding="utf-8"))["metrics"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("lab")
    write_c3d(made / "run.c3d")
    shutil.copy(VIDEO, made / "run.mp4")
    return made


def nearest(found: np.ndarray, true: np.ndarray) -> np.ndarray:
    return np.array([np.abs(true - t).min() for t in found])


def test_force_gives_the_true_contacts_of_each_foot(folder: Path) -> None:
    (recording,) = find_lab_recordings(folder)
    events = lab_events(recording.c3d, marker_tracks(recording, "side").pose)
    assert events.source == "force"
    for (side, kind), times in events.times_s.items():
        assert len(times) >= 15
        assert nearest(times, true_times(side, kind)).max() < 5e-4


def test_without_force_the_events_of_the_file_serve(tmp_path: Path) -> None:
    write_c3d(tmp_path / "run.c3d", force=False, events=True)
    shutil.copy(VIDEO, tmp_path / "run.mp4")
    (recording,) = find_lab_recordings(tmp_path)
    events = lab_events(recording.c3d, marker_tracks(recording, "side").pose)
    assert events.source == "events"
    for (side, kind), times in events.times_s.items():
        assert times == pytest.approx(true_times(side, kind), abs=1e-4)


def test_without_force_and_events_the_file_is_refused(tmp_path: Path) -> None:
    write_c3d(tmp_path / "run.c3d", force=False)
    shutil.copy(VIDEO, tmp_path / "run.mp4")
    (recording,) = find_lab_recordings(tmp_path)
    with pytest.raises(InputError, match="neither force plates with steps above 50 N nor events"):
        lab_reference(recording, seen())


def test_marker_values_are_the_truth_of_the_motion(folder: Path) -> None:
    (recording,) = find_lab_recordings(folder)
    reference = lab_reference(recording, seen())

    def mean(key: str) -> float:
        return float(np.mean([v.value for v in reference.values if v.key == key and v.side == "left"]))

    def true(key: str) -> float:
        return float(TRUTH[key].get("left", TRUTH[key])["value"])

    for key, tolerance in (
        ("tibia_angle", 0.5),
        ("knee_flexion_contact", 0.8),
        ("foot_strike_angle", 1.5),
        ("trunk_lean", 0.5),
        ("contact_time", 1.0),
    ):
        assert mean(key) == pytest.approx(true(key), abs=tolerance), key
    assert reference.whole_clip is not None
    assert reference.whole_clip["cadence"] == pytest.approx(true("cadence"), abs=0.3)


def test_gait_is_compared_with_the_laboratory(folder: Path) -> None:
    (recording,) = find_lab_recordings(folder)
    reference = lab_reference(recording, seen())
    events = event_rows(seen(), reference)
    assert {(r["side"], r["kind"]) for r in events} == {
        (s, k) for s in ("left", "right") for k in ("contact", "toe_off")
    }
    assert all(r["missed"] == 0 and abs(r["error_ms"]) < 40 for r in events)
    rows = {(r["key"], r["side"]): r for r in value_rows(seen(), reference)}
    assert abs(rows["cadence", "both"]["error"]) < 1.0
    assert abs(rows["tibia_angle", "left"]["error"]) < 10
    assert rows["trunk_lean", "both"]["observers"] == 1


def test_clocks_that_differ_are_set_by_the_settings(tmp_path: Path) -> None:
    write_c3d(tmp_path / "run.c3d")
    shutil.copy(VIDEO, tmp_path / "run.mp4")
    (tmp_path / "run.toml").write_text("offset_s = 0.25\nheight_cm = 176\n")
    (recording,) = find_lab_recordings(tmp_path)
    assert (recording.offset_s, recording.height_m) == (0.25, 1.76)
    found = np.array(
        [e.time_s for e in lab_reference(recording, seen()).events if (e.side, e.kind) == ("left", "contact")]
    )
    assert nearest(found - 0.25, true_times("left", "contact")).max() < 5e-4
    (tmp_path / "run.toml").write_text("offset_s = 60")
    with pytest.raises(InputError, match=r"0 steps of run\.c3d lie within run\.mp4.*offset_s = 60"):
        lab_reference(find_lab_recordings(tmp_path)[0], seen())


def test_markers_of_other_names_are_mapped(tmp_path: Path) -> None:
    write_c3d(tmp_path / "run.c3d", names={"left_hip": "GT_L", "right_hip": "GT_R"})
    shutil.copy(VIDEO, tmp_path / "run.mp4")
    with pytest.raises(InputError, match="left_hip"):
        lab_reference(find_lab_recordings(tmp_path)[0], seen())
    (tmp_path / "lab.toml").write_text('[markers]\nleft_hip = "GT_L"\nright_hip = ["GT_R"]\n')
    assert lab_reference(find_lab_recordings(tmp_path)[0], seen()).values


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("offset = 1", "offset: no such setting"),
        ("offset_s = '1'", "offset_s: must be a number"),
        ("markers = 3", "markers: must be a table"),
        ("[markers]\nleft_hip = 3", "markers.left_hip: must be the name"),
        ("=", "is not TOML"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "run.c3d").touch()
    (tmp_path / "run.mp4").touch()
    (tmp_path / "run.toml").write_text(text)
    with pytest.raises(InputError, match=says):
        find_lab_recordings(tmp_path)


def test_folders_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        find_lab_recordings(tmp_path / "absent")
    with pytest.raises(InputError, match="no C3D files"):
        find_lab_recordings(tmp_path)
    (tmp_path / "run.c3d").write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"run\.mp4 is not beside it"):
        find_lab_recordings(tmp_path)
    (tmp_path / "run.mp4").touch()
    with pytest.raises(InputError, match="not a readable C3D"):
        marker_tracks(find_lab_recordings(tmp_path)[0], "side")


def test_steps_are_read_off_noisy_force_and_glitches_are_not() -> None:
    rate = 1000.0
    at = np.arange(0, 6, 1 / rate)
    force = vertical_force(at) + np.random.default_rng(1).normal(0, 8, len(at))
    force[(at > 0.02) & (at < 0.05)] = 300.0  # something falls onto the belt
    contacts, toe_offs = force_events(force, rate)
    true = np.sort(np.concatenate([true_times(side, "contact") for side in ("left", "right")]))
    assert len(contacts) >= 12
    assert nearest(contacts, true).max() < 3e-3
    assert ((toe_offs - contacts) > 0.2).all()
    assert [len(x) for x in force_events(np.zeros(1000), rate)] == [0, 0]
