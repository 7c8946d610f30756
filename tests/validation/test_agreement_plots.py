"""The figure of agreement: made where the side view shows one of its metrics."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gait.validation.agreement_plots import agreement_figure


def rows(key: str, count: int = 12) -> pd.DataFrame:
    """Make near and far legs with a truth that is read exactly."""
    truth = np.linspace(5.0, 20.0, count)
    table = pd.DataFrame({"truth": truth, "value": truth, "clip": range(count), "place": ["near", "far_seen"] * 6})
    return table.assign(key=key, view="side", source="recorded", body="makehuman")


def test_every_metric_has_two_panels_with_its_slope() -> None:
    figure = agreement_figure(pd.concat([rows("tibia_angle", 12), rows("trunk_lean", 12)]), ("trunk_lean", "none"), {})
    assert figure is not None
    above, below = figure.axes
    assert above.get_title().startswith("trunk_lean")
    assert below.get_ylabel() == "measured − true"


def test_more_metrics_than_columns_fill_another_row() -> None:
    keys = ("a", "b", "c", "d", "e")
    figure = agreement_figure(pd.concat([rows(key) for key in keys]), keys, {"a": "deg"})
    assert figure is not None
    assert sum(axes.axison for axes in figure.axes) == 10
    assert figure.axes[0].get_title() == "a, deg"


def test_slopes_need_clips_but_the_figure_does_not() -> None:
    few = rows("trunk_lean").head(4)
    figure = agreement_figure(few, ("trunk_lean",), {})
    assert figure is not None
    assert not figure.axes[0].texts


def test_without_values_or_from_behind_there_is_no_figure() -> None:
    table = rows("trunk_lean")
    assert agreement_figure(table.assign(value=np.nan), ("trunk_lean",), {}) is None
    assert agreement_figure(table.assign(view="rear"), ("trunk_lean",), {}) is None
