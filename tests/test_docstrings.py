"""Docstrings of public names: complete where numpydoc can tell, and their examples give what they say."""

from __future__ import annotations

import dataclasses
import doctest
import importlib
import importlib.util
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import gait
from tests.conftest import REPOSITORY

#: Packages whose ``__all__`` is public.
PACKAGES = (
    "gait",
    "gait.quality",
    "gait.findings",
    "gait.report",
    "gait.synthetic",
    "gait.validation",
)
#: What numpydoc must not find: no docstring, a parameter not described, one described that is not there, no returns.
CHECKS = ("GL08", "PR01", "PR02", "RT01")


def public() -> Iterator[tuple[str, Any]]:
    """Give every public function and class once, under the name of where it is defined."""
    found: dict[str, Any] = {}
    for package in PACKAGES:
        module = importlib.import_module(package)
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isfunction(thing) or inspect.isclass(thing):
                found.setdefault(f"{thing.__module__}.{thing.__qualname__}", thing)
    yield from sorted(found.items())


@pytest.mark.parametrize(("name", "thing"), list(public()), ids=lambda p: p if isinstance(p, str) else "")
def test_it_is_described(name: str, thing: Any) -> None:
    validate = pytest.importorskip("numpydoc.validate", reason="checking docstrings needs numpydoc").validate
    text = inspect.getdoc(thing) or ""
    allowed = set()
    if dataclasses.is_dataclass(thing):
        allowed.add("PR01")  # fields are attributes to their reader, and stand under that heading or in the text
    if "Yields\n------" in text:
        allowed.add("RT01")
    faults = [f"{code} {words}" for code, words in validate(name)["errors"] if code in CHECKS and code not in allowed]
    assert not faults, f"{name}: {'; '.join(faults)}"


def modules_with_examples() -> list[str]:
    """Name the modules of the package in whose text an example stands."""
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
def test_its_examples_give_what_they_say(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen from the project's folder, in which examples find the sample clips and the notebooks' poses."""
    monkeypatch.chdir(REPOSITORY)
    failed, tried = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert tried > 0
    assert failed == 0


def test_the_main_functions_have_examples() -> None:
    for name in ("probe", "frame_at", "read_frames", "load_pose", "validate_pose", "analyze_pose", "gait_cycles"):
        assert ">>> " in (inspect.getdoc(getattr(gait, name)) or ""), name


def test_the_package_says_that_it_is_typed() -> None:
    assert (Path(gait.__path__[0]) / "py.typed").is_file()
