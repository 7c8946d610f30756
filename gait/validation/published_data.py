"""The data of every clip as they are published in ``validation.json``: columns, rounded, without text that repeats.

``pandas.DataFrame(data["measurements"]).join(pandas.DataFrame(data["clips"]), on="row")`` is the table from which the
page's figures on metrics and findings are computed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gait.validation.truth_comparison import ValidationResults

#: Significant digits of published numbers; a fifth of the last digit of any interval.
_DIGITS = 5
#: Columns of the three tables.
CLIP_COLUMNS = (
    *("clip", "fps", "source", "view", "body", "recording", "seed", "speed_mps", "height_m", "yaw_deg", "height_px"),
    *("blur", "light", "clothes", "markers", "drop_deg", "detected", "wrong_person", "found_view", "refused"),
)
MEASUREMENT_COLUMNS = (
    *("row", "key", "side", "place", "value", "low", "high", "freedom", "truth", "grade", "reason_code", "level"),
)
EVENT_COLUMNS = ("row", "side", "kind", "found", "mean_ms", "sd_ms", "missed", "invented")
Columns = dict[str, list[Any]]


def published_data(results: ValidationResults) -> dict[str, Columns]:
    """Select and round the data of every clip.

    Parameters
    ----------
    results : ValidationResults

    Returns
    -------
    dict
        ``clips``: one row a clip and frame rate, its conditions; ``measurements``: one row a metric, side, clip and
        frame rate; ``events``: one row a clip, frame rate, side and kind, mean and standard deviation of the errors of
        its events. Each maps column → list; missing values are ``None``. ``row`` is the row in ``clips``, from 0.
    """
    numbers = {key: n for n, key in enumerate(zip(results.clips["clip"], results.clips.fps, strict=True))}

    def with_row(table: pd.DataFrame) -> pd.DataFrame:
        if table.empty:
            return table
        return table.assign(row=[numbers[key] for key in zip(table["clip"], table.fps, strict=True)])

    events = pd.DataFrame(columns=list(EVENT_COLUMNS))
    if not results.events.empty:
        grouped = results.events.groupby(["clip", "fps", "side", "kind"], sort=False)
        events = pd.DataFrame(
            {
                "found": grouped.outcome.apply(lambda outcome: int((outcome == "found").sum())),
                "mean_ms": grouped.error_ms.mean(),
                "sd_ms": grouped.error_ms.std(),
                "missed": grouped.outcome.apply(lambda outcome: int((outcome == "missed").sum())),
                "invented": grouped.outcome.apply(lambda outcome: int((outcome == "invented").sum())),
            }
        ).reset_index()
    return {
        "clips": _columns(results.clips, CLIP_COLUMNS),
        "measurements": _columns(with_row(results.measurements), MEASUREMENT_COLUMNS),
        "events": _columns(with_row(events), EVENT_COLUMNS),
    }


def published_measurements(data: Mapping[str, Columns]) -> pd.DataFrame:
    """Join the published measurements with the conditions of their clips.

    Parameters
    ----------
    data : mapping
        As `published_data` returns.

    Returns
    -------
    DataFrame
        As `ValidationResults.measurements`, with ``speed_mps`` and ``height_m``.
    """
    measurements, clips = (pd.DataFrame(data[name]) for name in ("measurements", "clips"))
    numbers = {
        name: pd.to_numeric(measurements[name]).astype(float) for name in ("value", "low", "high", "freedom", "truth")
    }
    conditions = clips.drop(columns=["detected", "wrong_person", "found_view", "refused"])
    return measurements.assign(**numbers).join(conditions, on="row")


def data_lines(data: Mapping[str, Columns]) -> str:
    """Format the data as JSON, one column a line.

    Parameters
    ----------
    data : mapping
        As `published_data` returns.

    Returns
    -------
    str
        A JSON object.
    """
    tables = []
    for name, columns in data.items():
        lines = [
            f"{json.dumps(column)}: {json.dumps(values, ensure_ascii=False, separators=(',', ':'), allow_nan=False)}"
            for column, values in columns.items()
        ]
        tables.append(f"{json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n}")
    return "{\n" + ",\n".join(tables) + "\n}"


def _columns(table: pd.DataFrame, names: tuple[str, ...]) -> Columns:
    return {name: [_plain(v) for v in table[name].tolist()] if name in table else [None] * len(table) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, float | np.floating):
        if not math.isfinite(value):
            return None
        rounded = float(f"{value:.{_DIGITS}g}")
        return int(rounded) if rounded.is_integer() else rounded
    return value
