"""Write ``docs/metrics.md``: ``python docs/make_metrics.py``. A test compares the page with the code.

``python docs/make_metrics.py --where`` prints for each metric where its definition, code, band, sources and test stand,
and exits with 1 where one of them is missing.

Everything on the page comes from what the program itself reads: the specs in ``gait/metrics``, bands and flags in
``gait/findings/metrics.toml``, errors in ``docs/validation.json``.
"""

from __future__ import annotations

import inspect
import json
import sys
import textwrap
from pathlib import Path
from typing import NamedTuple

from gait.atomic_files import atomic_write
from gait.findings.bands import Band
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import MetricEntry
from gait.metrics.drift import DRIFT_METRICS
from gait.metrics.grading import LOW_FPS
from gait.metrics.method_error import method_error
from gait.metrics.metric_spec import MetricSpec
from gait.metrics.register import METRICS
from gait.validation.validation_page import PLACE_LABELS

DOCS = Path(__file__).parent
REPOSITORY = DOCS.parent
PAGE = DOCS / "metrics.md"
SPEEDS = (2.5, 3.5, 4.5)
WIDTH = 118
MOMENTS = {
    "contact": "initial contact",
    "mid_stance": "mid-stance",
    "toe_off": "toe-off",
    "widest": "widest point",
    "knee_bent": "deepest knee bend in swing",
    "knee_forward": "knee farthest forwards",
}
#: Figure → what it shows; drawn by ``make_figures.py``.
FIGURES = {
    "landing": ("Initial contact seen from the side", ("overstride", "tibia_angle", "knee_flexion_contact")),
    "toe_off": ("Toe-off seen from the side", ("hip_extension", "foot_pickup", "trunk_lean")),
    "behind": ("Mid-stance seen from behind", ("pelvic_drop", "step_width", "knee_window")),
    "times": ("Contacts of both feet over time", ("cadence", "contact_time", "flight_time", "duty_factor")),
}
BAND_TAGS = {"published": "", "derived": " (derived)", "engineering": " (working limit)"}
#: How a leg is shown → view, and whether it is the far leg: rows of which the bias is printed.
VIEW_ROWS = {
    "near leg": ("side", False),
    "far leg": ("side", True),
    "rear": ("rear", False),
    "front": ("front", False),
}


def number(value: float) -> str:
    """Print a number with no more digits than it has."""
    return f"{value:.3g}".replace("-", "−")


def limits(band: Band | None) -> list[str]:
    """Say what is ordinary, at each tabled speed or at all speeds."""
    if band is None:
        return ["no limits: for comparison only"]

    def span(low: float | None, high: float | None) -> str:
        if low is None and high is None:
            return "–"
        if low is None or high is None:
            return f"at most {number(high)}" if low is None and high is not None else f"at least {number(low or 0.0)}"
        return f"{number(low)} to {number(high)}"

    if not band.depends_on_speed:
        at = band.at(None)
        return [f"{span(at.low, at.high)} at all speeds"]
    rows = []
    for speed in SPEEDS:
        at = band.at(speed, 1.76)
        rows.append(f"{span(at.low, at.high)} at {speed} m/s")
    return rows


def runners(band: Band | None) -> str:
    """Say on how many runners the ordinary range rests."""
    if band is None or band.runners is None:
        return ""
    if band.model is None:
        return f"{band.runners}, at {', '.join(number(v) for v in band.speeds)} m/s"
    model, papers = band.model, load_knowledge().papers
    each = " and ".join(f"{count} of {papers[paper].cite}" for paper, count in model.runners_by_source.items())
    leg = "; speed and leg length count" if model.depends_on_leg else "; speed counts, leg length adds nothing"
    slow, fast = model.speeds[0], model.speeds[-1]
    return f"{band.runners} ({each}), {model.trials} trials at {number(slow)} to {number(fast)} m/s{leg}"


def errors(key: str, unit: str) -> str:
    """Give a metric's errors at 60 frames/s on rendered runners, by view and leg."""
    rows = []
    for row in json.loads((DOCS / "validation.json").read_text(encoding="utf-8"))["tables"]["accuracy"]:
        if row["key"] == key and row["fps"] == 60 and row["median_abs"] is not None:
            half, most = number(row["median_abs"]), number(row["p95_abs"])
            rows.append(f"{PLACE_LABELS[row['place']]}: half within {half}, 95 % within {most} {unit}")
    return "; ".join(rows)


def method_errors(spec: MetricSpec) -> str:
    """Give the method error at 60 frames/s with the heavy network, by view and leg, as a half-width of 95 %."""
    rows = []
    for name, (view, far) in VIEW_ROWS.items():
        if view not in spec.views or (far and not spec.sided):
            continue
        label = "side" if view == "side" and not spec.sided else name
        for helped in (False, True):
            if helped and "pelvis_tilt" in spec.rests_on:
                label += " with tape or waistband"
            elif helped and "shoe_motion" in spec.rests_on:
                label += " with tracked shoe"
            elif helped:
                continue
            error = method_error(
                spec, view, far=far, network="heavy", fps=60.0, pelvis_marked=helped, shoe_tracked=helped
            )
            if error is not None:
                rows.append(f"{label} ± {number(1.96 * error)}")
    return f"{', '.join(rows)} {spec.unit} at 60 frames/s" if rows else ""


def capitalised(text: str) -> str:
    """Begin with a capital."""
    return text[:1].upper() + text[1:]


def cell(text: str) -> str:
    """Keep a text from breaking a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def prose(text: str) -> str:
    """Break a paragraph into lines."""
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def bullet(text: str, level: int = 0) -> str:
    """Break a list item into lines."""
    indent = "  " * level
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=f"{indent}- ",
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def overview() -> str:
    """Lay out all metrics in one table."""
    rows = ["| key | unit | sides | seen from | formula |", "|---|---|---|---|---|"]
    for spec in METRICS:
        sides = "each side" if spec.sided else "both"
        views = ", ".join(spec.views)
        rows.append(f"| [`{spec.key}`](#{spec.key}) | {spec.unit} | {sides} | {views} | {cell(spec.formula)} |")
    return "\n".join(rows)


def flags(entry: MetricEntry) -> str:
    """Say which side of the band becomes a finding."""
    return "; ".join(
        f"{flag.when} (`{flag.finding}`), moderate from {number(flag.moderate)} and marked from {number(flag.marked)} "
        "beyond the limit"
        for flag in entry.flags
    )


def needs(spec: MetricSpec) -> list[str]:
    """List what a metric needs besides keypoints."""
    scale = ["the runner's height or leg length"] * spec.needs_scale
    return scale + ["the speed of the belt, given or measured from the side with a scale"] * spec.needs_speed


def plausible(spec: MetricSpec) -> str:
    """Say outside of which values a measurement is refused."""
    low, high = spec.plausible
    if low == -float("inf"):
        return ""
    return f"{number(low)} to {number(high)}; a value outside by more than the method error is refused (our choice)"


def section(spec: MetricSpec, entry: MetricEntry) -> str:
    """Describe one metric."""
    papers = load_knowledge().papers
    cited = dict.fromkeys((*spec.sources, *(entry.band.sources if entry.band else ())))
    tag = "" if entry.band is None else BAND_TAGS[entry.band.tag]
    detectable = entry.smallest_detectable
    most = spec.max_method_error_sd
    of_run = spec.measure_run is not None
    facts = {
        "Formula": spec.formula,
        "Estimator": " ".join(spec.estimator),
        "Method error": method_errors(spec),
        "Sign": spec.sign,
        "Unit": spec.unit,
        "Plausible": plausible(spec),
        "Seen from": ", ".join(spec.views) + " (best first)" * (len(spec.views) > 1),
        "Shown at": "" if of_run else MOMENTS[spec.moment],
        "Needs": "; ".join(needs(spec)),
        "Keypoints": "left and right " + ", ".join(spec.keypoints),
        f"Ordinary{tag}": "; ".join(limits(entry.band)),
        "Runners behind it": runners(entry.band),
        "Finding": flags(entry),
        "Legs differ": "" if detectable is None else f"reported from {number(detectable)} {spec.unit} on",
        "Refused": ""
        if most == float("inf")
        else f"where the method error exceeds ± {number(1.96 * most)} {spec.unit} (95 %)",
        "Errors": errors(spec.key, spec.unit),
        "Sources": "; ".join(f"{papers[s].cite}, {papers[s].journal}" for s in cited),
        "Code": f"`{code_file(spec)}`, `{spec.function.__name__}`",
    }
    lines = [f"## {spec.key}", prose(f"**{capitalised(entry.field_name)}.** {spec.definition} {entry.matters}")]
    lines += ["\n".join(bullet(f"**{name}**: {text}") for name, text in facts.items() if text)]
    return "\n\n".join(lines)


INTRODUCTION = (
    "Axes: x forwards, y up, z to the runner's right. IC: initial contact, TO: toe-off, L: leg length (hip to "
    "floor), 0.53 × height unless given. Ordinary values hold for healthy treadmill runners (where leg length "
    "matters: of 1.76 m height) and are wider if speed or height are not known. Contact and flight times under "
    "{fps:.0f} frames/s are refused. "
    "Errors are those on rendered runners at 60 frames/s. [Method](method.md) explains the steps, and "
    "[Validation](validation.md) the errors."
)
ESTIMATION = (
    "The formula is computed for every step, on corrected keypoints at the measured events. What is learned corrects "
    "errors of keypoints and events, and never draws a value towards the mean of people:",
    "**Keypoints**: a pose network sets each keypoint beside its joint, by a vector that is fixed in the image or in a "
    "segment of the body. These vectors were measured on rendered runners of two families of bodies "
    "(`gait/calibration/keypoint_correction.toml`) and are subtracted (`gait/geometry/keypoint_correction.py`). "
    "Tables, waveforms, exports and drawings use the same corrected keypoints.",
    "**Events**: contact and toe-off lie where a linear map of the whole mean stride puts them "
    "(`gait/events/stride_model.py`). The map is held to be unbiased for every kind of runner.",
    "**Picture**: what is read off the picture itself (the shoe, cloth over the pelvis, a camera that does not look "
    "along the belt) goes through a line that was measured on rendered runners. The line is fitted so that it is right "
    "on average for every true value.",
    "**Interval**: 95 %, from the scatter between steps and from the method error, which more steps do not reduce. The "
    "method error is the spread about the truth on a family of bodies, and with motions of runners, that the constants "
    "were not fitted to (`gait/calibration/method_error.toml`).",
)


def page() -> str:
    """Write the page."""
    entries = load_knowledge().metrics
    parts = [
        "# Metrics",
        prose(
            "Made from `gait/metrics/`, `gait/findings/metrics.toml` and `validation.json` by "
            "`python docs/make_metrics.py`; do not edit. `python docs/make_metrics.py --where` prints where each "
            "metric is defined, computed, cited and tested."
        ),
        prose(INTRODUCTION.format(fps=LOW_FPS)),
        overview(),
    ]
    for name, (title, keys) in FIGURES.items():
        named = ", ".join(f"`{key}`" for key in keys)
        parts += [f"![{title}](images/method/{name}.svg)", f"*{title}: {named}.*"]
    first, *steps = ESTIMATION
    parts += [
        "## How values are estimated",
        prose(first),
        "\n".join(bullet(step) for step in steps),
    ]
    parts += [section(spec, entries[spec.key]) for spec in (*METRICS, *DRIFT_METRICS)]
    hidden = [bullet(f"**{item.name}.** {item.reason}") for item in load_knowledge().unobservable]
    parts += ["## Not in the picture", "\n".join(hidden)]
    return "\n\n".join(parts) + "\n"


class MetricLocation(NamedTuple):
    """Where everything about one metric stands, and what is missing."""

    key: str
    definition: str
    code: str
    band: str
    sources: str
    test: str
    missing: list[str]

    def __str__(self) -> str:
        rows = self._asdict()
        lines = [
            f"  {name:<10} {rows[name] or 'MISSING'}" for name in ("definition", "code", "band", "sources", "test")
        ]
        return "\n".join([self.key, *lines, *(f"  MISSING: {part}" for part in self.missing)])


def code_file(spec: MetricSpec) -> str:
    """Name the file of a metric's function, from the repository's root."""
    return Path(inspect.getsourcefile(spec.function) or "").resolve().relative_to(REPOSITORY.resolve()).as_posix()


def line_of(path: Path, text: str) -> int | None:
    """Give the number of the first line of a file that is this text."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((n for n, line in enumerate(lines, start=1) if line.strip() == text), None)


def locate(spec: MetricSpec, *, repository: Path = REPOSITORY) -> MetricLocation:
    """Find where everything about a metric stands."""
    papers = load_knowledge().papers
    entry = load_knowledge().metrics.get(spec.key)
    name = "drift" if spec.measure_run is not None else spec.key
    missing = []
    code = code_file(spec)
    if code != f"gait/metrics/{name}.py":
        missing.append(f"gait/metrics/{name}.py, the function stands in {code}")
    function = spec.function.__name__
    bands = repository / "gait" / "findings" / "metrics.toml"
    line = line_of(bands, f'key = "{spec.key}"')
    band = "" if line is None else f"gait/findings/metrics.toml:{line}"
    if band and (entry is None or entry.band is None):
        band += " (no limits, for comparison only)"
    unknown = [source for source in spec.sources if source not in papers]
    if unknown:
        missing.append(f"source {', '.join(unknown)} in gait/findings/sources.toml")
    test = f"tests/metrics/test_{name}.py"
    return MetricLocation(
        spec.key,
        f"{spec.definition} [{spec.formula}]" if spec.definition and spec.formula else "",
        f"{code}:{inspect.getsourcelines(spec.function)[1]} {function}",
        band,
        "; ".join(papers[source].cite for source in spec.sources if source in papers),
        test if (repository / test).is_file() else "",
        missing,
    )


def where() -> int:
    """Print where everything about each metric stands; the exit code is 1 where something is missing."""
    faults = 0
    for spec in (*METRICS, *DRIFT_METRICS):
        location = locate(spec)
        print(location)
        faults += "MISSING" in str(location)
    return 1 if faults else 0


def main(arguments: list[str]) -> int:
    """Write the page, or print where metrics stand."""
    if arguments == ["--where"]:
        return where()
    if arguments:
        print("usage: python docs/make_metrics.py [--where]", file=sys.stderr)
        return 2
    with atomic_write(PAGE) as temporary:
        temporary.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
