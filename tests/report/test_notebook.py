"""A session in a notebook: card and plots."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from gait.errors import InputError
from gait.records import Runner
from gait.report.notebook import plot_cycles, plot_steps, session_card
from tests.fake_sessions import fake_session, measured
from tests.report.test_cycle_plots import cycles

pyplot = pytest.importorskip("matplotlib.pyplot", reason="plots need gait[notebooks]")


@pytest.fixture
def ax() -> Any:
    figure, axes = pyplot.subplots()
    yield axes
    pyplot.close(figure)


def test_the_card_escapes_names_and_counts_refusals() -> None:
    html = session_card(fake_session(runner=Runner("<b>Ada</b>", 1.7, None, 3.0)))
    assert "&lt;b&gt;Ada&lt;/b&gt;" in html
    assert "2 refused" in html
    assert "Your feet land far" in html


def test_a_session_without_findings_says_so() -> None:
    assert "nothing stands out" in session_card(fake_session([measured("cadence", 172.0, half=1.0)]))


def test_cycles_have_a_line_for_each_measured_leg(ax: Any) -> None:
    session: Any = SimpleNamespace(
        cycles=cycles((12, 0)).pipe(lambda c: c.assign(toe_off=c.toe_off.expand_dims(signal=c.signal)))
    )
    made = plot_cycles(session, ax=ax)
    labels = [line.get_label() for line in made.lines if not str(line.get_label()).startswith("_")]
    assert labels == ["left, 12 strides"]
    assert "toe-off" in made.get_xlabel()


def test_an_unknown_signal_or_metric_names_the_choices(ax: Any) -> None:
    session: Any = SimpleNamespace(cycles=cycles())
    with pytest.raises(InputError, match="choose from: knee_flexion"):
        plot_cycles(session, "nose", ax=ax)
    with pytest.raises(InputError, match="'nose' is not among the steps; choose from: "):
        plot_steps(fake_session(), "nose", ax=ax)  # type: ignore[arg-type]


def test_steps_are_dots_with_the_mean_as_a_line(ax: Any) -> None:
    session: Any = fake_session()
    made = plot_steps(session, "contact_time", ax=ax)
    assert {line.get_label() for line in made.lines} >= {"left", "right"}
    assert made.get_ylabel() == "contact time, ms"
