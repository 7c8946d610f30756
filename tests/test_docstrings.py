"""Docstrings of all public names: complete as CONTRIBUTING promises, and their examples give what they show."""

from __future__ import annotations

import ast
import doctest
import importlib
import importlib.util
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

import gait
from tests.conftest import REPOSITORY
from tests.source_code import Definition, docstring_faults, modules, public_definitions

MODULES = [*modules("gait"), *modules("calibration"), *modules("benchmarks")]


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.name)
def test_every_public_function_is_described(module) -> None:
    """Parameters, what is returned, and which errors the function raises; a first line for everything public."""
    faults = [f"{d.name}: {'; '.join(found)}" for d in public_definitions(module) if (found := docstring_faults(d))]
    assert not faults, f"{module.path}: " + " | ".join(faults)


def test_the_check_finds_what_is_missing() -> None:
    text = '''
def scale(points, factor):
    """Scale points.

    Parameters
    ----------
    points : (n, 2) array, pixels
    offset : float
    """
    raise ValueError(factor)
'''
    node = ast.parse(text).body[0]
    node.returns = ast.Name("float")
    assert docstring_faults(Definition(MODULES[0], "scale", node, is_method=False)) == [
        "does not describe factor",
        "describes offset, which it does not take",
        "lacks Returns",
        "Raises lacks ValueError",
    ]


@pytest.mark.parametrize("name", sorted(gait.__all__))
def test_the_public_functions_pass_numpydoc(name: str) -> None:
    validate = pytest.importorskip("numpydoc.validate", reason="checking docstrings needs numpydoc").validate
    thing = getattr(gait, name)
    if not inspect.isfunction(thing):
        return
    found = validate(f"{thing.__module__}.{thing.__qualname__}")["errors"]
    wanted = {"GL08", "PR01", "PR02", "PR03"} | ({"RT01"} if "Yields\n" not in (inspect.getdoc(thing) or "") else set())
    faults = [f"{code} {words}" for code, words in found if code in wanted]
    assert not faults, "; ".join(faults)


def modules_with_examples() -> list[str]:
    """Name the modules of the package that hold an example."""
    names = [
        module.name for module in pkgutil.walk_packages(gait.__path__, "gait.") if not module.name.endswith("__main__")
    ]
    return [
        name
        for name in ["gait", *names]
        if (spec := importlib.util.find_spec(name)) is not None
        and spec.origin is not None
        and re.search(r"^ *>>> ", Path(spec.origin).read_text(encoding="utf-8"), flags=re.MULTILINE)
    ]


@pytest.mark.parametrize("name", modules_with_examples())
def test_its_examples_give_what_they_show(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in the project's folder, where examples find the sample clips and the notebooks' poses."""
    monkeypatch.chdir(REPOSITORY)
    failed, tried = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert tried > 0
    assert failed == 0


def test_the_main_functions_have_examples() -> None:
    for name in ("probe", "frame_at", "read_frames", "load_poses", "validate_pose", "analyze_pose", "gait_cycles"):
        assert ">>> " in (inspect.getdoc(getattr(gait, name)) or ""), name


def test_the_package_says_that_it_is_typed() -> None:
    assert (Path(gait.__path__[0]) / "py.typed").is_file()
