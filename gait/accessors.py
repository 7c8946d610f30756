"""Functions of upper rooms that records of lower rooms offer as methods.

`gait.session.Session` must not import plots or file formats. The package's front page (``gait/__init__.py``) registers
where they are; the record looks them up by name when they are first used.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

_TARGETS: dict[str, str] = {}


def register_accessor(name: str, target: str) -> None:
    """Register the function that an accessor of a record calls.

    Parameters
    ----------
    name : str
        Name of the accessor, such as ``plot``.
    target : str
        Where the function is, as ``package.module:function``. It is imported on first use.
    """
    _TARGETS[name] = target


def resolve_accessor(name: str) -> Callable[..., Any]:
    """Import the function of an accessor.

    Parameters
    ----------
    name : str
        As registered.

    Returns
    -------
    callable

    Raises
    ------
    AttributeError
        No accessor has this name.
    """
    if name not in _TARGETS:
        raise AttributeError(f"no accessor is registered as {name!r}")
    module, _, function = _TARGETS[name].partition(":")
    resolved: Callable[..., Any] = getattr(import_module(module), function)
    return resolved
