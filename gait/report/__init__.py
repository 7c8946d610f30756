"""Reports: HTML page, JSON, table of steps, annotated video, and summaries on the terminal."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gait.report.report_folder import write_report
    from gait.report.terminal_summary import print_summary

__all__ = ["print_summary", "write_report"]

_MODULES = {"print_summary": "gait.report.terminal_summary", "write_report": "gait.report.report_folder"}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    if name == "find":
        warnings.warn("gait.report.find is now gait.findings.finder.derive_findings", DeprecationWarning, stacklevel=2)
        return import_module("gait.findings.finder").derive_findings
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
