"""What asymmetry, drift and gait cycles need of a measured view (`gait.analysis.view_analysis.ViewAnalysis`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import pandas as pd
import xarray as xr

from gait.geometry.camera import Camera
from gait.records import Measurement, VideoInfo


class MeasuredView(Protocol):
    """Clean poses, camera, events, steps and measurements of one video."""

    @property
    def info(self) -> VideoInfo:
        """The video."""

    @property
    def clean(self) -> xr.Dataset:
        """The cleaned poses."""

    @property
    def camera(self) -> Camera:
        """The camera as seen from the runner."""

    @property
    def events(self) -> pd.DataFrame:
        """Events, one row each: ``side, kind, time_s, uncertainty_s``."""

    @property
    def steps(self) -> pd.DataFrame:
        """Steps, one row each, with one column a metric."""

    @property
    def measurements(self) -> Sequence[Measurement]:
        """Every metric of this view, or its refusal."""
