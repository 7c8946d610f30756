"""Measure running form from one treadmill video, with its uncertainty.

The public names are loaded on first use, so that ``import gait`` costs nothing. ``gait/__init__.pyi`` lists where each
one is defined.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from gait._deprecated import deprecated_attribute, install_moved_modules
from gait.accessors import register_accessor

install_moved_modules()

# What a session offers from rooms above it.
register_accessor("session.plot", "gait.report.notebook:plot_cycles")
register_accessor("session.plot_steps", "gait.report.notebook:plot_steps")
register_accessor("session.card", "gait.report.notebook:session_card")
register_accessor("session.save", "gait.io.sessions:save_session")
register_accessor("session.load", "gait.io.sessions:load_session")


@cache
def _loader() -> tuple[Callable[[str], Any], list[str]]:
    """Return the function that loads a public name, and all names; reading the stub is too slow for every import."""
    import lazy_loader

    load, _, names = lazy_loader.attach_stub(__name__, __file__)
    return load, sorted([*names, "__version__"])


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib import metadata

        try:
            return metadata.version("gait")
        except metadata.PackageNotFoundError:  # run from a source tree that was never installed
            return "0+unknown"
    if name.startswith("__") and name != "__all__":
        raise AttributeError(f"module 'gait' has no attribute {name!r}")
    load, names = _loader()
    if name == "__all__":
        return names
    return load(name) if name in names else deprecated_attribute(name)


def __dir__() -> list[str]:
    return _loader()[1]
