"""Imports what the commands import, for the process that the workers of the fuzzer are forked from."""

from __future__ import annotations

import importlib

import numpy as np
import xarray as xr

for _name in (
    *(f"gait.cli.{command}_command" for command in ("analyze", "check", "batch", "poses", "report", "compare")),
    *("gait.cli.export_command", "gait.cli.history_command", "gait.cli.synth_command", "gait.cli.main"),
    *("gait.session", "gait.batch.batch_run", "gait.batch.cluster", "gait.history.athlete_history"),
    *("gait.history.comparison_files", "gait.history.history_page", "gait.io.export_formats", "gait.io.sessions"),
    *(
        "gait.report.report_folder",
        "gait.report.quality_summary",
        "gait.quality.video_check",
        "gait.io.export_motion",
    ),
    *("gait.synthetic.clip_request", "gait.labelling.label_server", "gait.validation.label_comparison"),
    *("gait.analysis.hand_adjustment", "gait.pose.engines.litert", "distributed", "yaml", "ezc3d", "pyarrow"),
    *("tests.stub_analysis", "tests.foreign_files", "rich.console", "h5netcdf"),
):
    importlib.import_module(_name)

xr.Dataset({"x": ("time", np.zeros(1))})  # looks for kinds of arrays that may be installed
