"""Write ``docs/metrics.md``: ``python docs/make_metrics.py``. A test holds the page to the code.

Names, units, views and limits come from the registers that the program itself reads (`gait.findings`,
`gait.metrics.register`), the errors from ``docs/validation.json``; only the formulas stand here.
"""

from __future__ import annotations

import json
from pathlib import Path

from gait.atomic_files import atomic_write
from gait.findings.bands import Band
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import MetricEntry as Known
from gait.metrics.grading import LOW_FPS
from gait.metrics.register import METRICS
from gait.metrics.register import MetricSpec as Measured
from gait.validation.validation_page import PLACES

DOCS = Path(__file__).parent
PAGE = DOCS / "metrics.md"
SPEEDS = (2.5, 3.5, 4.5)
MOMENTS = {"contact": "initial contact", "mid_stance": "mid-stance", "toe_off": "toe-off", "widest": "widest point"}
#: Figure → what it shows; drawn by ``make_figures.py``.
FIGURES = {
    "landing": ("Initial contact seen from the side", ("overstride", "tibia_angle", "knee_flexion_contact")),
    "toe_off": ("Toe-off seen from the side", ("hip_extension", "foot_pickup", "trunk_lean")),
    "behind": ("Mid-stance seen from behind", ("pelvic_drop", "step_width", "knee_window")),
    "times": ("Contacts of both feet over time", ("cadence", "contact_time", "flight_time", "duty_factor")),
}
#: By key. x forwards, y up, z to the runner's right; IC initial contact, TO toe-off, L leg length; a bar is a mean.
FORMULAS = {
    "cadence": "60 / slope of the times of IC against step number",
    "overstride": "(x_ankle − x_hip) / L at IC, hip and ankle of the same leg",
    "tibia_angle": "atan2(x_ankle − x_knee, y_knee − y_ankle) at IC",
    "foot_strike_angle": "atan2(y_toe − y_heel, x_toe − x_heel) at IC less its median over 30–50 % of stance",
    "knee_flexion_contact": "180° − angle(hip, knee, ankle) at IC",
    "knee_flexion_stance": "max over 5–80 % of stance of 180° − angle(hip, knee, ankle)",
    "trunk_lean": "mean over stance of atan2(x_shoulder − x_hip, y_shoulder − y_hip), middles of both sides",
    "hip_extension": "atan2(x_hip − x_knee, y_hip − y_knee) at TO",
    "foot_pickup": "(x_hip − x_ankle) / L at TO",
    "contact_time": "TO − IC of the same foot",
    "flight_time": "IC of the other foot − TO",
    "duty_factor": "contact time / stride time",
    "vertical_oscillation": "max − min over a step of Σ mᵢ yᵢ, Winter's segment masses mᵢ",
    "pelvic_drop": "max over 10–70 % of stance of the tilt towards the free side, about the stride's mean",
    "pelvic_drop_midstance": "the same tilt at 50 % of stance",
    "step_width": "z_right ankle − z_left ankle, each over 40–60 % of its own stance",
    "knee_window": "min over stance of (z_right knee − z_left knee − knee breadth) / hip width",
    "lateral_trunk_lean": "mean over stance of atan2(z_shoulder − z_hip, y_shoulder − y_hip), + towards the leg",
    "arm_crossover": "max over a stride of the wrist's distance past the line mid-shoulder to mid-hip / shoulder width",
    "arm_swing_lateral": "max − min over a stride of that distance / shoulder width",
}


def number(value: float) -> str:
    """Print a limit with no more digits than it has."""
    return f"{value:.3g}".replace("-", "−")


def limits(band: Band | None) -> list[str]:
    """Say what is ordinary, at each tabled speed or at all."""
    if band is None:
        return ["no limits: told for comparison only"]

    def span(low: float | None, high: float | None) -> str:
        if low is None and high is None:
            return "–"
        if low is None or high is None:
            return f"at most {number(high)}" if low is None and high is not None else f"at least {number(low or 0.0)}"
        return f"{number(low)} to {number(high)}"

    if not band.depends_on_speed:
        at = band.at(None)
        return [f"{span(at.low, at.high)} at all speeds"]
    told = []
    for speed in SPEEDS:
        at = band.at(speed, 1.76)
        told.append(f"{span(at.low, at.high)} at {speed} m/s")
    return told


def errors(key: str, unit: str) -> str:
    """Give a metric's errors at 60 frames/s on rendered runners, by place."""
    told = []
    for row in json.loads((DOCS / "validation.json").read_text(encoding="utf-8"))["tables"]["accuracy"]:
        if row["key"] == key and row["fps"] == 60 and row["median_abs"] is not None:
            half, most = number(row["median_abs"]), number(row["p95_abs"])
            told.append(f"{PLACES[row['place']]}: half within {half}, 95 % within {most} {unit}")
    return "; ".join(told)


def sentence(words: str) -> str:
    """Begin with a capital."""
    return words[:1].upper() + words[1:]


def cell(text: str) -> str:
    """Keep a text from breaking a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def overview(known: dict[str, Known]) -> str:
    """Lay out all metrics in one table."""
    rows = ["| key | unit | sides | seen from | formula |", "|---|---|---|---|---|"]
    for m in METRICS:
        sides = "each leg" if m.sided else "both"
        views = ", ".join(m.views)
        rows.append(f"| [`{m.key}`](#{m.key}) | {m.unit} | {sides} | {views} | {cell(FORMULAS[m.key])} |")
    return "\n".join(rows)


def section(m: Measured, k: Known) -> str:
    """Tell everything about one metric."""
    sources = load_knowledge().papers
    cited = dict.fromkeys((*k.sources, *(k.band.sources if k.band else ())))
    tag = (
        ""
        if k.band is None
        else {"published": "", "derived": " (derived)", "engineering": " (working limit)"}[k.band.tag]
    )
    told = {
        "Formula": FORMULAS[m.key],
        "Sign": k.sign,
        "Unit": m.unit,
        "Seen from": ", ".join(m.views) + " (best first)" * (len(m.views) > 1),
        "Shown at": MOMENTS[m.moment],
        "Needs": "the runner's height or leg length" if m.needs_scale else "",
        f"Ordinary{tag}": "; ".join(limits(k.band)),
        "Worth a word": worth(k),
        "Legs differ": ""
        if k.smallest_detectable is None
        else f"told from {number(k.smallest_detectable)} {m.unit} on",
        "Refused": ""
        if m.largest_sd == float("inf")
        else f"where its own error exceeds ± {number(1.96 * m.largest_sd)} {m.unit}",
        "Errors": errors(m.key, m.unit),
        "Sources": "; ".join(f"{sources[s].cite}, {sources[s].journal}" for s in cited),
        "Code": "" if m.measure is None else f"`{m.measure.__module__}.{m.measure.__name__}`",
    }
    lines = [f"## {m.key}", f"**{sentence(k.field_name)}.** {k.definition} {k.matters}"]
    lines += ["\n".join(f"- **{name}**: {text}" for name, text in told.items() if text)]
    return "\n\n".join(lines)


def derived(k: Known) -> str:
    """Tell about a metric that is worked out from others over the course of a clip."""
    told = {
        "Sign": k.sign,
        "Unit": k.unit,
        "Ordinary": "; ".join(limits(k.band)),
        "Worth a word": worth(k),
    }
    lines = [f"## {k.key}", f"**{sentence(k.field_name)}.** {k.definition} {k.matters}"]
    lines += ["\n".join(f"- **{name}**: {text}" for name, text in told.items() if text)]
    return "\n\n".join(lines)


def worth(k: Known) -> str:
    """Say when a metric is worth a word."""
    return "; ".join(
        f"{flag.when} (`{flag.finding}`), moderate {number(flag.moderate)} and marked {number(flag.marked)} beyond"
        for flag in k.flags
    )


def page() -> str:
    """Write the page."""
    known = load_knowledge().metrics
    parts = [
        "# Metrics",
        "Made from `gait/metrics/register.py`, `gait/findings/metrics.toml` and `validation.json` by "
        "`python docs/make_metrics.py`; do not edit.",
        "Axes: x forwards, y up, z to the runner's right. IC: initial contact, TO: toe-off, L: leg length (hip to "
        "floor), 0.53 × height unless given. Every value is a mean over steps with a 95 % interval; how it is made "
        "stands in [Method](method.md), how wrong it is in [Validation](validation.md#metrics-at-60-framess). "
        "Ordinary values hold for healthy treadmill runners (for cadence: of 1.76 m) and become wider where the speed "
        f"is not known. Contact and flight times under {LOW_FPS:.0f} frames/s are refused. Errors are those on "
        "rendered runners at 60 frames/s.",
        overview(known),
    ]
    for name, (title, keys) in FIGURES.items():
        named = ", ".join(f"`{key}`" for key in keys)
        parts += [f"![{title}](images/method/{name}.svg)", f"*{title}: {named}.*"]
    parts += [section(m, known[m.key]) for m in METRICS]
    measured = {m.key for m in METRICS}
    parts += [derived(k) for k in known.values() if k.key not in measured]
    hidden = [f"- **{u.name}.** {u.reason}" for u in load_knowledge().unobservable]
    parts += ["## Not in the picture", "\n".join(hidden)]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Write the page, whole or not at all."""
    with atomic_write(PAGE) as temporary:
        temporary.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
