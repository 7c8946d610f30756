"""From a session to what a runner reads: findings, terminal table, JSON, CSV, HTML, annotated video."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gait.report.findings import find
    from gait.report.terminal import print_summary
    from gait.report.write import write_report

__all__ = ["find", "print_summary", "write_report"]

_HOME = {"find": "findings", "print_summary": "terminal", "write_report": "write"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
