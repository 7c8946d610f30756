"""Labels become the values that their points show; gait is held against them at the labelled frames."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gait.errors import InputError
from gait.labelling.label_file import FlatFoot, LabelFile, LabelledEvent, LabelledPoint, Labelling, write_label_file
from gait.validation.label_comparison import (
    EYE_MINUS_FORCE_MS,
    LabelledClip,
    LabelledPosture,
    find_labelled_clips,
    label_reference,
)
from tests.foreign_files import seen
from tests.reference_files import NEAR, VIDEO, exact_labels, true_times

TRUTH = json.loads(VIDEO.with_suffix(".truth.json").read_text(encoding="utf-8"))["metrics"]


def clip_of(labels: LabelFile) -> LabelledClip:
    return LabelledClip(VIDEO.stem, VIDEO, labels)


def true_value(key: str) -> float:
    return float(TRUTH[key].get("left", TRUTH[key])["value"])


def test_exact_labels_give_the_true_events() -> None:
    reference = label_reference(clip_of(exact_labels()), seen())
    for kind in ("contact", "toe_off"):
        found = [e for e in reference.events if e.kind == kind and e.observer == "A"]
        true = true_times(NEAR, kind)
        assert len(found) == 4
        for event in found:
            assert np.abs(true - event.force_time_s).min() < 1e-3
            by_eye = EYE_MINUS_FORCE_MS["initial_contact" if kind == "contact" else kind]
            assert 1e3 * (event.time_s - event.force_time_s) == pytest.approx(by_eye)
            assert event.sd_s == pytest.approx(0.3 / 60, rel=1e-3)


def test_exact_labels_give_the_true_postures() -> None:
    """To the half frame between contact and labelled frame, and L by the pixels of the leg."""
    reference = label_reference(clip_of(exact_labels(strides=8)), seen())

    def mean(key: str) -> float:
        return float(np.mean([v.value for v in reference.values if v.key == key]))

    assert mean("tibia_angle") == pytest.approx(true_value("tibia_angle"), abs=1.0)
    assert mean("knee_flexion_contact") == pytest.approx(true_value("knee_flexion_contact"), abs=1.5)
    assert mean("foot_strike_angle") == pytest.approx(true_value("foot_strike_angle"), abs=2.0)
    assert mean("overstride") == pytest.approx(true_value("overstride") * 0.53 * 1.76 / 0.9527, abs=0.01)
    assert mean("contact_time") == pytest.approx(true_value("contact_time"), abs=1.0)


def posture(*points: tuple[float, float], flat: tuple[tuple[float, float], tuple[float, float]] | None = None):
    given = {n: LabelledPoint(x, y, 2.0) for n, (x, y) in zip(("hip", "knee", "ankle", "heel", "toe"), points)}  # noqa: B905
    event = LabelledEvent("initial_contact", "left", 3.0, 0.3, 3, given)
    feet = [] if flat is None else [FlatFoot(5, *(LabelledPoint(x, y, 2.0) for x, y in flat))]
    view = replace(seen(), clean=seen().clean.assign_attrs(camera_roll_deg=0.0))
    return LabelledPosture.of([event], feet, view)


def test_values_are_those_of_the_formulas() -> None:
    """A runner who faces the left edge: forwards is where x decreases."""
    leg = posture((500, 300), (480, 400), (460, 500), (470, 520), (420, 510), flat=((470, 520), (420, 520)))
    values = {key: float(column[0]) for key, column in leg.values().items()}
    length = 2 * np.hypot(20, 100) * 0.53 / 0.491
    assert values["overstride"] == pytest.approx(40 / length)
    assert values["tibia_angle"] == pytest.approx(np.degrees(np.arctan2(20, 100)))
    assert values["knee_flexion_contact"] == pytest.approx(0.0, abs=1e-9)
    assert values["foot_strike_angle"] == pytest.approx(np.degrees(np.arctan2(10, 50)))
    bent = posture((500, 300), (460, 400), (460, 500))
    assert bent.values()["knee_flexion_contact"][0] == pytest.approx(np.degrees(np.arctan2(40, 100)))


def test_what_was_not_labelled_has_no_value() -> None:
    values = posture((500, 300), (480, 400)).values()
    assert not np.isfinite([column[0] for column in values.values()]).any()


def test_stated_uncertainties_reach_the_values() -> None:
    sd = posture((500, 300), (480, 400), (460, 500), (470, 520), (420, 510)).mean_sd()
    assert sd["tibia_angle"] == pytest.approx(np.degrees(np.hypot(2, 2) / np.hypot(20, 100)), rel=0.05)
    assert "foot_strike_angle" not in sd


def test_hips_err_alike_in_all_strides_and_ankles_do_not() -> None:
    def sd(strides: int) -> dict[tuple[str, str, str], float]:
        found = label_reference(clip_of(exact_labels(strides=strides, labellers=("A",))), seen()).mean_sd
        assert found is not None
        return found

    few, many = sd(2), sd(8)
    assert many["A", "tibia_angle", NEAR] == pytest.approx(few["A", "tibia_angle", NEAR] / 2, rel=0.1)
    assert many["A", "overstride", NEAR] > 0.7 * few["A", "overstride", NEAR]


def test_labels_of_another_video_are_refused() -> None:
    late = Labelling((LabelledEvent("toe_off", "left", 5000.0, 0.3),))
    with pytest.raises(InputError, match="frame 5000 is behind the last frame 779"):
        label_reference(clip_of(LabelFile(VIDEO.stem, "left", {"A": late})), seen())


def test_clips_are_found_beside_their_labels_and_in_other_folders(tmp_path: Path) -> None:
    labels, videos = tmp_path / "labels", tmp_path / "videos"
    labels.mkdir()
    videos.mkdir()
    for name in ("one", "two[1]"):
        write_label_file(labels / f"{name}.json", replace(exact_labels(strides=1), clip=name))
    (labels / "one.A.draft.json").write_text("{}")
    shutil.copy(VIDEO, labels / "one.MOV")
    with pytest.raises(InputError, match=r"two\[1\]\.mp4 is not in"):
        find_labelled_clips(labels)
    shutil.copy(VIDEO, videos / "two[1].mp4")
    found = find_labelled_clips(labels, [videos])
    assert [(c.name, c.video.name) for c in found] == [("one", "one.MOV"), ("two[1]", "two[1].mp4")]


def test_folders_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        find_labelled_clips(tmp_path / "absent")
    with pytest.raises(InputError, match="no label files"):
        find_labelled_clips(tmp_path)
    write_label_file(tmp_path / "renamed.json", exact_labels(strides=1))
    with pytest.raises(InputError, match="must be the file's own name 'renamed'"):
        find_labelled_clips(tmp_path)
