"""Which clips calibrate, and how their rows become a table."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from calibration import calibration_clips
from calibration.calibration_clips import MAX_WRONG_PERSON, table_of, usable_clip
from gait.validation.cases import clip_cases
from gait.validation.rendered_clips import FailedClip, RenderedClip


class Pool:
    """Runs in this process."""

    map = staticmethod(map)


def test_rows_carry_the_name_of_their_clip() -> None:
    cases = clip_cases("quick")[:2]
    table = table_of(Pool(), lambda case: [{"seed": case.seed}] * 2, cases)  # type: ignore[arg-type]
    assert table["clip"].tolist() == [case.name for case in cases for _ in range(2)]
    assert table["seed"].tolist() == [case.seed for case in cases for _ in range(2)]


@pytest.mark.parametrize(("share", "usable"), [(0.0, True), (MAX_WRONG_PERSON, True), (0.1, False)])
def test_a_clip_with_somebody_else_is_not_usable(monkeypatch: pytest.MonkeyPatch, share: float, usable: bool) -> None:
    clip = RenderedClip(clip_cases("quick")[0], None, {}, None)  # type: ignore[arg-type]
    monkeypatch.setattr(calibration_clips, "worker_inputs", lambda: SimpleNamespace(clip_folder=Path()))
    monkeypatch.setattr(calibration_clips, "load_clip", lambda *_: clip)
    monkeypatch.setattr(calibration_clips, "wrong_person_share", lambda _: share)
    assert usable_clip(clip.case, "heavy") is (clip if usable else None)


def test_a_clip_without_poses_is_not_usable(monkeypatch: pytest.MonkeyPatch) -> None:
    case = clip_cases("quick")[0]
    monkeypatch.setattr(calibration_clips, "worker_inputs", lambda: SimpleNamespace(clip_folder=Path()))
    monkeypatch.setattr(calibration_clips, "load_clip", lambda *_: FailedClip(case, "nobody found"))
    assert usable_clip(case, "heavy") is None
