"""Old names of the released interface work for one version and warn with the new name."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pandas as pd
import pytest

import gait
from gait import _deprecated


@pytest.mark.parametrize(("old", "new"), [("load_pose", "gait.load_poses"), ("read_video", "gait.probe")])
def test_an_old_name_of_the_package_warns_with_the_new_one(old: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=rf"gait\.{old} is now {new}"):
        assert callable(getattr(gait, old))


@pytest.mark.parametrize(
    ("module", "name"),
    [(module, name) for module, names in _deprecated._MODULES.items() for name in names if name != "*"],
)
def test_an_old_module_gives_what_moved_and_warns(module: str, name: str) -> None:
    old = importlib.import_module(module)
    with pytest.warns(DeprecationWarning, match=rf"{module}\.{name} is now gait\."):
        assert getattr(old, name) is not None


def test_old_records_are_the_new_ones() -> None:
    with pytest.warns(DeprecationWarning, match=r"gait\.results\.Measurement is now gait\.records\.Measurement"):
        from gait.results import Measurement
    from gait.records import Measurement as New

    assert Measurement is New


def test_what_never_existed_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'analyse'"):
        _ = gait.analyse
    with pytest.raises(AttributeError, match="no attribute 'anything'"):
        _ = importlib.import_module("gait.kinematics").anything
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("gait.nothing")


def test_importing_the_package_warns_of_nothing_and_loads_nothing_heavy() -> None:
    code = "import gait, sys; assert not {'numpy', 'xarray', 'typer'} & set(sys.modules), sorted(sys.modules)"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_the_old_table_of_steps_has_durations() -> None:
    rows = [("left", "contact", 0.0), ("left", "toe_off", 0.25), ("right", "contact", 0.35), ("right", "toe_off", 0.6)]
    events = pd.DataFrame([(*row, 0.005) for row in rows], columns=["side", "kind", "time_s", "uncertainty_s"])
    with pytest.warns(DeprecationWarning, match=r"is now gait\.events\.steps\.find_steps"):
        from gait.kinematics import find_steps
    steps = find_steps(events, stride_s=0.7)
    assert steps.contact_time.tolist() == pytest.approx([250.0, 250.0])
    assert steps.off_s.equals(steps.toe_off_s)
