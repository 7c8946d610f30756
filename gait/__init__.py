"""Measure running form from one treadmill video, with its uncertainty.

The public names are loaded on first use, so that ``import gait`` costs nothing. ``gait/__init__.pyi`` lists where each
one is defined.
"""

from __future__ import annotations

from typing import Any

import lazy_loader

from gait._deprecated import deprecated_attribute, install_moved_modules
from gait.accessors import register_accessor

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
__all__ = sorted([*__all__, "__version__"])

install_moved_modules()

# What a session offers from rooms above it.
register_accessor("session.plot", "gait.report.notebook:plot_cycles")
register_accessor("session.plot_steps", "gait.report.notebook:plot_steps")
register_accessor("session.card", "gait.report.notebook:session_card")
register_accessor("session.save", "gait.io.sessions:save_session")
register_accessor("session.load", "gait.io.sessions:load_session")


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib import metadata

        try:
            return metadata.version("gait")
        except metadata.PackageNotFoundError:  # run from a source tree that was never installed
            return "0+unknown"
    if name in __all__:
        return _load(name)
    return deprecated_attribute(name)
