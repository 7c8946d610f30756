"""What was requested beside what the clip shows, for the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gait.synthetic.motion_solver import natural_oscillation_cm
from gait.synthetic.run_spec import RunnerSpec, Sided
from gait.synthetic.truth import Truth


@dataclass(frozen=True)
class _Row:
    """A metric of the truth, its label, the field of `RunnerSpec` that sets it, and the decimals shown."""

    metric: str
    label: str
    field: str
    decimals: int = 1


_ROWS = (
    _Row("cadence", "cadence", "cadence_spm"),
    _Row("contact_time", "contact time", "contact_time_ms", 0),
    _Row("overstride", "overstride", "overstride", 3),
    _Row("tibia_angle", "tibia angle", "tibia_angle_deg"),
    _Row("knee_flexion_contact", "knee at contact", "knee_flexion_contact_deg"),
    _Row("knee_flexion_stance", "knee in stance", "knee_flexion_stance_deg"),
    _Row("knee_flexion_swing", "knee in swing", "knee_flexion_swing_deg"),
    _Row("foot_strike_angle", "foot strike", "foot_strike_deg"),
    _Row("trunk_lean", "trunk lean", "trunk_lean_deg"),
    _Row("pelvic_drop", "pelvic drop", "pelvic_drop_deg"),
    _Row("lateral_trunk_lean", "lateral lean", "lateral_lean_deg"),
    _Row("arm_crossover", "arm crossover", "arm_crossover", 2),
    _Row("step_width", "step width", "step_width_cm"),
    _Row("vertical_oscillation", "vertical oscillation", "vertical_oscillation_cm"),
)
_UNITS = {"L": "leg lengths", "deg": "degrees"}


def _requested(runner: RunnerSpec, field: str) -> Sided | None:
    """Give the value of a field, also where it follows from the speed; ``None`` where it follows from other fields."""
    value: Sided | None = getattr(runner, field)
    if field == "contact_time_ms":
        left, right = runner.contact_times_s()
        return 1e3 * left, 1e3 * right
    if field == "knee_flexion_contact_deg" and runner.tibia_angle_deg is not None:
        return None
    if field == "vertical_oscillation_cm" and value is None and runner.knee_flexion_stance_deg is None:
        return natural_oscillation_cm(runner)
    return value


def requested_and_actual(runner: RunnerSpec, truth: Truth) -> str:
    """Write a table of the main metrics: requested, and true of the clip; left / right where the sides differ.

    Parameters
    ----------
    runner : RunnerSpec
    truth : Truth

    Returns
    -------
    str
        Lines, without a line end after the last.
    """
    rows = [("", "requested", "in the clip", "")]
    for row in _ROWS:
        metric = truth.metrics.get(row.metric)
        if metric is None:
            continue

        def shown(value: Any, decimals: int = row.decimals) -> str:
            if value is None:
                return "-"
            if isinstance(value, tuple):
                left, right = (shown(side, decimals) for side in value)
                return left if left == right else f"{left} / {right}"
            return f"{value:.{decimals}f}"

        requested = _requested(runner, row.field)
        found = metric["value"]
        if isinstance(requested, tuple) and requested[0] != requested[1] and "left" in metric:
            found = metric["left"]["value"], metric["right"]["value"]
        rows.append(
            (
                row.label,
                "auto" if requested is None else shown(requested),
                shown(found),
                _UNITS.get(metric["unit"], metric["unit"]),
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(f"{a:<{widths[0]}}  {b:>{widths[1]}}  {c:>{widths[2]}}  {d}".rstrip() for a, b, c, d in rows)
