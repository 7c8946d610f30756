"""From a session to what a runner reads: findings, terminal table, JSON, CSV, HTML, annotated video."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gait.findings.finder import derive_findings
    from gait.report.report_folder import write_report
    from gait.report.terminal_summary import print_summary

__all__ = ["derive_findings", "print_summary", "write_report"]

_HOME = {
    "derive_findings": "gait.findings.finder",
    "print_summary": "gait.report.terminal_summary",
    "write_report": "gait.report.report_folder",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)
