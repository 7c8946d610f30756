"""Requests come together from layers and files, and errors name the value as it was given."""

from __future__ import annotations

from pathlib import Path

import pytest

from gait.errors import InputError
from gait.synthetic.clip_request import (
    TABLES,
    ClipRequest,
    SpecLayer,
    build_request,
    load_spec_file,
    request_as_toml,
    table_keys,
    table_spec,
)
from gait.synthetic.run_spec import CameraSpec, LookSpec, RunnerSpec, SceneSpec


def layer(**values: object) -> SpecLayer:
    """A layer of keys of the runner."""
    made = SpecLayer()
    for key, value in values.items():
        made.set_value("runner", key, value, f"run.toml: {key} = {value}")
    return made


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    request = ClipRequest(
        runner=RunnerSpec(overstride=(0.2, 0.25), contact_time_ms=None),
        camera=CameraSpec(view="rear", playback_fps=30),
        scene=SceneSpec(look=LookSpec(tape=(1.0, 0.9, 0.1))),
        seconds=3.5,
        seed=7,
    )
    path = tmp_path / "spec.toml"
    path.write_text(request_as_toml(request), encoding="utf-8")
    assert build_request([load_spec_file(path)]) == request
    assert "overstride = [0.2, 0.25]" in path.read_text(encoding="utf-8")


def test_later_layers_win() -> None:
    request = build_request([layer(cadence_spm=170, height_m="1,80"), layer(cadence_spm="175")])
    assert (request.runner.cadence_spm, request.runner.height_m) == (175, 1.80)


def test_of_two_keys_that_follow_from_each_other_the_later_one_holds() -> None:
    request = build_request([layer(tibia_angle_deg=8.0), layer(knee_flexion_contact_deg=15.0)])
    assert (request.runner.tibia_angle_deg, request.runner.knee_flexion_contact_deg) == (None, 15.0)
    with pytest.raises(InputError, match="one follows from the other"):
        build_request([layer(tibia_angle_deg=8.0, knee_flexion_contact_deg=15.0)])


def test_errors_name_the_value_as_it_was_given() -> None:
    with pytest.raises(InputError, match=r"run\.toml: height_m = 5 is outside 1\.2 to 2\.2 m"):
        build_request([layer(height_m=5)])
    with pytest.raises(InputError, match="is not a number"):
        layer(height_m="tall")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[runner]\ncadense_spm = 170", "did you mean cadence_spm"),
        ("[camera]\ncadence_spm = 170", r"it belongs to \[runner\]"),
        ("[runer]\n", r"did you mean \[runner\]"),
        ("seconds = 3", r"move it under \[clip\]"),
        ("[clip", "is not TOML"),
    ],
)
def test_a_faulty_file_is_refused_with_the_way_out(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "spec.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=reason):
        load_spec_file(path)


def test_a_file_that_is_no_text_is_refused_with_a_code(tmp_path: Path) -> None:
    path = tmp_path / "spec.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="is not text in UTF-8; give a TOML file") as raised:
        load_spec_file(path)
    assert raised.value.code == "spec_file_unreadable"


def test_random_requests_keep_what_is_given_and_repeat() -> None:
    given = SpecLayer()
    given.set_value("camera", "view", "front", "--view front")
    given.set_value("clip", "seed", 5, "--seed 5")
    first, again = (build_request([given], random=True) for _ in range(2))
    assert first == again
    assert first.camera.view == "front"
    assert first != build_request([given])


def test_tables_hold_all_keys_once() -> None:
    keys = [(table, key) for table in TABLES for key in table_keys(table)]
    assert ("runner", "cadence_spm") in keys
    assert ("runner", "drift") not in keys
    for table, key in keys:
        assert hasattr(table_spec(ClipRequest(), table), key)


@pytest.mark.parametrize("change", [{"seconds": 0.2}, {"seed": -1}, {"quality": 60}])
def test_requests_out_of_range_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(InputError, match=next(iter(change))):
        ClipRequest(**change)  # type: ignore[arg-type]
