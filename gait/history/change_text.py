"""Changes in words and numbers for people: the same in the terminal and on pages."""

from __future__ import annotations

from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import Display, MetricEntry
from gait.findings.value_text import number
from gait.history.change import Change, Verdict
from gait.records import ASYMMETRY
from gait.report.terminal_summary import SHORT_UNITS, short_name

#: Verdict → for one person, for two people.
VERDICTS: dict[Verdict, tuple[str, str]] = {
    "changed": ("really changed", "really different"),
    "within noise": ("within noise", "within noise"),
    "not comparable": ("cannot be compared", "cannot be compared"),
}
VERDICT_STYLES: dict[Verdict, str] = {"changed": "bold", "within noise": "", "not comparable": "dim"}


def verdict_words(verdict: Verdict, *, same_runner: bool = True) -> str:
    """Say a verdict."""
    return VERDICTS[verdict][0 if same_runner else 1]


def metric_of(key: str) -> MetricEntry | None:
    """Give what is known of a metric."""
    return load_knowledge().metric(key)


def name_of(key: str) -> str:
    """Give a metric's name in plain words."""
    metric = metric_of(key)
    return short_name(key).capitalize() if metric is None else metric.name


def short_name_of(key: str) -> str:
    """Give a name that fits a narrow column."""
    if key.endswith(ASYMMETRY):
        return f"{short_name(key.removesuffix(ASYMMETRY))} L−R"
    return short_name(key)


def display_of(key: str, unit: str) -> Display:
    """Say how to print values of a metric; of a unit that the knowledge does not know, as they came."""
    metric = metric_of(key)
    return metric.display if metric is not None and metric.unit == unit else Display(unit=unit, decimals=2)


def signed(value: float, display: Display) -> str:
    """Print a difference with its sign, without the unit."""
    text = number(value * display.scale, display.decimals)
    return text if text.startswith("−") or not text.strip("0.") else f"+{text}"


def signed_interval(interval: tuple[float, float], display: Display) -> str:
    """Print the interval of a difference, e.g. ``"−1.2 to +3.4"``."""
    return f"{signed(interval[0], display)} to {signed(interval[1], display)}"


def short_unit(display: Display) -> str:
    """Give a unit as it follows a number in a narrow column."""
    unit = SHORT_UNITS.get(display.unit, display.unit)
    return unit if unit == "°" else f" {unit}"


def threshold_words(change: Change, display: Display) -> str:
    """Say what a difference had to exceed; nothing where nobody has published it."""
    if change.smallest is None:
        return ""
    unit = display.unit if display.unit == "°" else f" {display.unit}"
    return f"detectable from {number(change.smallest * display.scale, display.decimals)}{unit}"


def depends_on_speed(key: str) -> bool:
    """Whether a metric's ordinary values change with the speed of the belt."""
    metric = load_knowledge().metrics.get(key.removesuffix(ASYMMETRY))
    return key in ALSO_SPEED or (metric is not None and metric.band is not None and len(metric.band.speeds or ()) > 1)


#: Depend on speed although no band says so (Fukuchi 2017).
ALSO_SPEED = ("contact_time", "flight_time", "duty_factor", "cadence", "foot_pickup", "hip_extension", "step_width")
