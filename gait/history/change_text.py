"""Changes as text, the same in the terminal and on pages."""

from __future__ import annotations

from collections.abc import Sequence

from gait.display_language import N_, _, inside_sentence, ngettext
from gait.display_units import number_text
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import DisplayFormat, MetricEntry
from gait.findings.value_text import in_shown_units
from gait.history.measurement_change import ValueChange, Verdict
from gait.records import ASYMMETRY
from gait.report.terminal_summary import short_name, short_unit

#: Verdict → text for one person, text for two people.
VERDICT_TEXTS: dict[Verdict, tuple[str, str]] = {
    "changed": (N_("really changed"), N_("really different")),
    "within noise": (N_("within noise"), N_("within noise")),
    "not comparable": (N_("cannot be compared"), N_("cannot be compared")),
}
VERDICT_STYLES: dict[Verdict, str] = {"changed": "bold", "within noise": "", "not comparable": "dim"}


def verdict_text(verdict: Verdict, *, same_runner: bool = True) -> str:
    """Put a verdict into words.

    Parameters
    ----------
    verdict : {"changed", "within noise", "not comparable"}
    same_runner : bool
        Whether one person is compared with themselves.

    Returns
    -------
    str
    """
    return _(VERDICT_TEXTS[verdict][0 if same_runner else 1])


def metric_entry(key: str) -> MetricEntry | None:
    """Look up the knowledge about a metric.

    Parameters
    ----------
    key : str

    Returns
    -------
    MetricEntry or None
        ``None`` for a key that this version does not have.
    """
    return load_knowledge().metric(key)


def metric_name(key: str) -> str:
    """Return a metric's name in plain words.

    Parameters
    ----------
    key : str

    Returns
    -------
    str
    """
    metric = metric_entry(key)
    if metric is not None:
        return metric.name
    name = short_name(key)
    return f"{name[:1].upper()}{name[1:]}"


def metric_names(keys: Sequence[str], *, most: int = 3) -> str:
    """List the names of metrics, as after a colon, and how many more there are.

    Parameters
    ----------
    keys : sequence of str
    most : int
        Names that are listed.

    Returns
    -------
    str
        The first name with a capital letter.
    """
    names = [metric_name(key) for key in keys[:most]]
    listed = ", ".join([*names[:1], *map(inside_sentence, names[1:])])
    if (more := len(keys) - most) <= 0:
        return listed
    return ngettext("{names} and {count} more", "{names} and {count} more", more).format(names=listed, count=more)


def short_metric_name(key: str) -> str:
    """Return a metric's name for a narrow column.

    Parameters
    ----------
    key : str

    Returns
    -------
    str
    """
    if key.endswith(ASYMMETRY):
        return _("{metric} L−R").format(metric=short_name(key.removesuffix(ASYMMETRY)))
    return short_name(key)


def metric_display(key: str, unit: str) -> DisplayFormat:
    """Look up how values of a metric are printed.

    Parameters
    ----------
    key : str
    unit : str
        Unit of the values. Where it is not the metric's own, values are printed unscaled. Lengths are shown in the
        reader's units.

    Returns
    -------
    Display
    """
    metric = metric_entry(key)
    display = metric.display if metric is not None and metric.unit == unit else DisplayFormat(unit=unit, decimals=2)
    return in_shown_units(display)


def signed_text(value: float, display: DisplayFormat) -> str:
    """Print a difference with its sign, without the unit.

    Parameters
    ----------
    value : float
        In the metric's unit.
    display : Display

    Returns
    -------
    str
    """
    text = number_text(value * display.scale, display.decimals)
    return text if text.startswith("−") or not text.strip("0.") else f"+{text}"


def signed_interval_text(interval: tuple[float, float], display: DisplayFormat) -> str:
    """Print the interval of a difference, e.g. ``"−1.2 to +3.4"``.

    Parameters
    ----------
    interval : (low, high)
        In the metric's unit.
    display : Display

    Returns
    -------
    str
    """
    low, high = (signed_text(end, display) for end in interval)
    return _("{low} to {high}").format(low=low, high=high)


def short_unit_text(display: DisplayFormat) -> str:
    """Return a unit as it follows a number in a narrow column.

    Parameters
    ----------
    display : Display

    Returns
    -------
    str
        With the space before it, where the unit needs one.
    """
    unit = short_unit(display.unit)
    return unit if unit == "°" else f" {unit}"


def difference_text(name: str, difference: str, interval: str, verdict: str) -> str:
    """Describe a difference and its interval in one line, for readers who do not see its drawing.

    Parameters
    ----------
    name, difference, interval, verdict : str
        As they are shown.

    Returns
    -------
    str
    """
    text = _("{metric}: {difference}, 95 % sure: {interval}: {verdict}")
    return text.format(metric=name, difference=difference, interval=interval, verdict=verdict)


def threshold_text(change: ValueChange, display: DisplayFormat) -> str:
    """Say which difference would be detectable.

    Parameters
    ----------
    change : ValueChange
    display : Display

    Returns
    -------
    str
        Empty where no smallest detectable difference is published.
    """
    if change.smallest is None:
        return ""
    unit = display.unit if display.unit == "°" else f" {display.unit}"
    value = f"{number_text(change.smallest * display.scale, display.decimals)}{unit}"
    return _("detectable from {value}").format(value=value)
