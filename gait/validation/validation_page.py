"""The tables of a validation as JSON and as a page (``docs/validation.md``), and the table of the README.

``python -m gait.validation.validation_page [FOLDER]`` writes the page of an existing ``validation.json`` again, for
instance after a change of its words. With ``--tables`` it first computes the tables and plots of metrics and findings
from the data of every clip that ``validation.json`` holds.
"""

from __future__ import annotations

import json
import math
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import pandas as pd

from gait.findings.knowledge_loader import load_knowledge
from gait.metrics.register import METRICS
from gait.owned_files import owned_write
from gait.synthetic.truth import UNITS
from gait.validation.agreement import MIN_SLOPE_CLIPS, RESAMPLES, clustered_share
from gait.validation.cases import runner_id
from gait.validation.error_tables import FACTORS, MAIN_METRICS, measurement_tables
from gait.validation.finding_performance import OVERSTRIDE
from gait.validation.published_data import Columns, data_lines, published_measurements
from gait.validation.real_runners import real_runner_lines, real_runners_from_record

#: Labels of the column ``place`` (`gait.validation.truth_comparison.ValidationResults`).
PLACE_LABELS = {
    "near": "side, near leg",
    "near_seen": "side, near leg, shoe followed",
    "far": "side, far leg",
    "far_seen": "side, far leg, shoe followed",
    "rear": "rear",
    "front": "front",
    "rear_marked": "rear, pelvis marked",
    "front_marked": "front, pelvis marked",
}
#: Labels of the families of bodies.
BODY_LABELS = {"sculpted": "sculpted", "makehuman": "MakeHuman"}
_UNIT_SHORT = {"fraction of L": "L", "shoulder widths": "sh. w.", "steps/min": "steps/min"}


def _number(value: Any, unit: str = "", *, sign: bool = False) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    digits = {"fraction of L": 3, "shoulder widths": 2, "cm": 2, "steps/min": 2, "deg": 1, "%": 1, "ms": 1}.get(unit, 2)
    text = f"{abs(value) if not sign else value:+.{digits}f}" if sign else f"{value:.{digits}f}"
    return text.replace("-", "−")


def _rows(frame: pd.DataFrame) -> Iterable[Any]:
    """Return the rows of a table with their columns as attributes."""
    return frame.itertuples()


def metric_units() -> dict[str, str]:
    """Return the units of all metrics, measured or true.

    Returns
    -------
    dict
        Metric → unit.
    """
    return dict(UNITS) | {metric.key: metric.unit for metric in METRICS}


def _share(value: float) -> str:
    return "–" if math.isnan(value) else f"{100 * value:.0f} %"


def markdown_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Format a Markdown table.

    Parameters
    ----------
    columns : sequence of str
        Headings.
    rows : iterable of sequences of str

    Returns
    -------
    list of str
        Lines; the last one is empty.
    """
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return [*lines, ""]


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Sort a table of metrics by metric, then by leg view, near leg first; other tables stay as they are."""
    if "key" not in table or "place" not in table:
        return table
    keys = {metric.key: n for n, metric in enumerate(METRICS)}
    places = {place: n for n, place in enumerate(PLACE_LABELS)}
    rank = table.key.map(keys).fillna(len(keys)) * len(places) + table.place.map(places)
    return table.iloc[rank.argsort(kind="stable")].reset_index(drop=True)


def _span(share: float, low: float, high: float) -> str:
    """Format a share with its bounds, %."""
    return "–" if math.isnan(share) else f"{100 * share:.0f} % ({100 * low:.0f} to {100 * high:.0f})"


def _slope(row: Any) -> str:
    if math.isnan(row.slope):
        return "–"
    return f"{row.slope:.2f} ({row.slope_low:.2f} to {row.slope_high:.2f})".replace("-", "−")


def _metric(key: str, units: Mapping[str, str]) -> str:
    unit = units.get(key, "")
    return f"`{key}`, {_UNIT_SHORT.get(unit, unit)}"


def _agreement_table(accuracy: pd.DataFrame, units: Mapping[str, str]) -> list[str]:
    rows = []
    for r in _rows(accuracy[accuracy.n > 0]):
        unit = units.get(r.key, "")
        limits = f"{_number(r.limits_low, unit, sign=True)} to {_number(r.limits_high, unit, sign=True)}"
        rows.append(
            (
                _metric(r.key, units),
                PLACE_LABELS[r.place],
                f"{r.n} / {r.clips}",
                f"{_number(r.truth_low, unit)} to {_number(r.truth_high, unit)}",
                _number(r.median_abs, unit),
                _number(r.p95_abs, unit),
                _number(r.bias, unit, sign=True),
                _number(r.sd, unit),
                "–" if math.isnan(r.sd) else f"{limits} (± {_number(r.limits_margin, unit)})",
                _slope(r),
            )
        )
    head = (
        *("metric", "seen from", "legs / clips", "true values", "median", "p95", "bias", "SD"),
        *("limits of agreement", "slope"),
    )
    return markdown_table(head, rows)


def _interval_table(accuracy: pd.DataFrame, units: Mapping[str, str]) -> list[str]:
    rows = []
    for r in _rows(accuracy):
        unit = units.get(r.key, "")
        extremes = [
            "–" if not count else f"{held:.0f} of {count:.0f}, {_number(bias, unit, sign=True)}"
            for count, held, bias in (
                (r.n_lowest, r.held_lowest, r.bias_lowest),
                (r.n_highest, r.held_highest, r.bias_highest),
            )
        ]
        rows.append(
            (
                _metric(r.key, units),
                PLACE_LABELS[r.place],
                f"{r.n} / {r.clips}",
                _number(r.half_width, unit),
                _span(r.coverage, r.coverage_low, r.coverage_high),
                *extremes,
                _share(r.refused),
            )
        )
    head = (
        "metric",
        "seen from",
        "legs / clips",
        "± (median)",
        "holds truth",
        "lowest fifth",
        "highest fifth",
        "refused",
    )
    return markdown_table(head, rows)


def _group_table(
    accuracy: pd.DataFrame, units: Mapping[str, str], group_heading: str, group_label: Callable[[Any], str]
) -> list[str]:
    rows = []
    for r in _rows(accuracy):
        unit = units.get(r.key, "")
        rows.append(
            (
                _metric(r.key, units),
                PLACE_LABELS[r.place],
                group_label(r),
                f"{r.n} / {r.clips}",
                _number(r.median_abs, unit),
                _number(r.p95_abs, unit),
                _number(r.bias, unit, sign=True),
                _number(r.sd, unit),
                _slope(r),
                _number(r.half_width, unit),
                _span(r.coverage, r.coverage_low, r.coverage_high),
                _share(r.refused),
            )
        )
    head = (
        *("metric", "seen from", group_heading, "legs / clips", "median", "p95", "bias", "SD", "slope", "± (median)"),
        *("holds truth", "refused"),
    )
    return markdown_table(head, rows)


def _design_table(clips: pd.DataFrame) -> list[str]:
    """Count the clips by source of motion and view, at the rate at which each was filmed."""
    filmed = clips.sort_values("fps").drop_duplicates("clip", keep="last")
    rows = []
    for names, group in filmed.groupby(["source", "view"]):
        source, view = map(str, names)
        families = group.body.value_counts()
        rates = group.fps.value_counts().sort_index()
        recorded = group.recording.dropna()
        rows.append(
            (
                _MOTION[source],
                view,
                str(len(group)),
                "–" if source == "joints" else " / ".join(str(families.get(name, 0)) for name in BODY_LABELS),
                ", ".join(f"{rate:.0f}: {count}" for rate, count in rates.items()),
                str(recorded.map(runner_id).nunique()) if len(recorded) else "–",
                f"{group.seed.min()} to {group.seed.max()}",
            )
        )
    return markdown_table(
        ("motion", "view", "clips", " / ".join(BODY_LABELS.values()), "frames/s: clips", "recorded runners", "seeds"),
        rows,
    )


def _finding_table(findings: pd.DataFrame) -> list[str]:
    rows = [
        (
            f"{r.finding.replace('_', ' ')} (`{r.key}`)",
            PLACE_LABELS[r.place],
            f"{r.outside} / {r.outside_clips}",
            f"{r.true_positives}",
            _span(r.sensitivity, r.sensitivity_low, r.sensitivity_high),
            f"{r.likely_outside}",
            f"{r.inside} / {r.inside_clips}",
            f"{r.false_positives}",
            _span(r.specificity, r.specificity_low, r.specificity_high),
            f"{r.likely_inside}",
            f"{r.not_measured}",
        )
        for r in _rows(findings)
    ]
    head = (
        *("finding", "seen from", "truly outside", "fires", "sensitivity", "at least likely", "truly inside", "fires"),
        *("specificity", "at least likely", "not measured"),
    )
    return markdown_table(head, rows)


def _overstride_table(table: pd.DataFrame) -> list[str]:
    return markdown_table(
        ("motion", "seen from", "true overstride", "legs / clips", "fires", "share", "at least likely"),
        [
            (
                _MOTION.get(r.source, "rendered, both motions"),
                PLACE_LABELS[r.place],
                r.truth,
                f"{r.legs} / {r.clips}",
                str(r.fires),
                _span(r.share, r.share_low, r.share_high),
                str(r.likely),
            )
            for r in _rows(table)
        ],
    )


def _overstride_limits() -> str:
    """Say from where on an overstride is long, at three speeds."""
    band = load_knowledge().metrics[OVERSTRIDE].band
    assert band is not None
    return ", ".join(f"{band.at(speed).high:.2f} L at {speed:g} m/s" for speed in (2.5, 3.5, 4.5))


def _probability_table(table: pd.DataFrame) -> list[str]:
    return markdown_table(
        ("runners", "stated probability", "legs / clips", "mean stated", "truly beyond the limit"),
        [
            (
                "recorded joints" if r.runners == "joints" else "rendered",
                f"{100 * r.low:g} to {100 * r.high:g} %",
                f"{r.legs} / {r.clips}",
                f"{100 * r.stated:.1f} %",
                _span(r.share, r.share_low, r.share_high),
            )
            for r in _rows(table)
        ],
    )


def _pooled_table(table: pd.DataFrame) -> list[str]:
    labels = {"all": "all metrics and leg views", **_MOTION} | {
        name: f"{label} bodies" for name, label in BODY_LABELS.items()
    }
    return markdown_table(
        ("intervals", "legs / clips", "hold the truth"),
        [
            (
                labels.get(r.part, f"{r.part} of the true values"),
                f"{r.n} / {r.clips}",
                _span(r.coverage, r.coverage_low, r.coverage_high),
            )
            for r in _rows(table)
        ],
    )


def _real_section(record: Mapping[str, Any]) -> list[str]:
    """Lay out the comparison with labels: how often intervals hold, then the tables."""
    result = real_runners_from_record(record)
    rows = []
    for table, kind, label in (
        (result.events, "kind", "events"),
        (result.values, "key", "metrics, as reported"),
        (result.values, "key", "metrics, at the label's moments"),
    ):
        holds = "holds_at_reference" if label.endswith("moments") else "holds"
        if table.empty or holds not in table:
            continue
        judged = table[table[holds].notna()]
        share, low, high = clustered_share(
            np.asarray(judged[holds].astype(bool), dtype=float), judged["clip"].to_numpy()
        )
        rows.append(
            (label, str(judged[kind].nunique()), f"{len(judged)} / {judged['clip'].nunique()}", _span(share, low, high))
        )
    lines = markdown_table(("intervals", "kinds", "legs / clips", "hold the label"), rows) if rows else []
    for line in real_runner_lines(result):
        lines += [line] if line.startswith("|") else textwrap.wrap(line, 120) or [""]
    return lines


def _event_table(events: pd.DataFrame) -> list[str]:
    rows = [
        (
            _MOTION[r.source],
            PLACE_LABELS[r.place],
            f"{r.fps:.0f}",
            "contact" if r.kind == "contact" else "toe-off",
            str(r.n),
            _number(r.bias, "ms", sign=True),
            _number(r.median_abs, "ms"),
            _number(r.p95_abs, "ms"),
            f"{r.missed} / {r.invented}",
        )
        for r in _rows(events)
    ]
    head = ("motion", "seen from", "frames/s", "event", "n", "bias, ms", "median, ms", "p95, ms", "missed / invented")
    return markdown_table(head, rows)


_MOTION = {
    "planned": "rendered, planned motion",
    "recorded": "rendered, recorded motion",
    "joints": "recorded joints",
}


def render_page(record: Mapping[str, Any], pictures: Sequence[str]) -> str:
    """Render the whole page.

    Parameters
    ----------
    record : mapping
        Content of ``validation.json``: ``about`` (command, engine, network, version, seed, clips, recordings, runners),
        ``tables``, ``data`` (`gait.validation.published_data`) and, where real clips were compared, ``real``.
    pictures : sequence of str
        File names in ``images/validation/``.

    Returns
    -------
    str
        Markdown.
    """
    about, units = record["about"], metric_units()
    tables = {
        name: _in_order(
            pd.DataFrame([{key: math.nan if cell is None else cell for key, cell in row.items()} for row in rows])
        )
        for name, rows in record["tables"].items()
    }
    at_60 = tables["accuracy"][tables["accuracy"].fps == 60]
    joints, joints_at_60 = tables["joints"], tables["joints"]
    if len(joints):
        joints_at_60 = joints[joints.fps == 60]
    main = at_60.key.isin(MAIN_METRICS) & at_60.place.str.startswith(("near", "far"))
    findings = tables["findings"]

    def rate(row: Any) -> str:
        return f"{row.fps:.0f}"

    def level(row: Any) -> str:
        return str(row.level)

    def of_runners(name: str) -> list[str]:
        return _finding_table(findings[findings.runners == name]) if len(findings) else []

    def picture(name: str, description: str) -> str:
        return f"![{description}](images/validation/{name})\n" if name in pictures else ""

    parts = {
        "requested": markdown_table(
            ("metric", "n", "mean difference", "largest"),
            [
                (f"`{r.key}`, {units.get(r.key, '')}", str(r.n), f"{r.mean_abs:.4f}", f"{r.largest:.4f}")
                for r in _rows(tables["requested"])
            ],
        ),
        "detection": markdown_table(
            (
                *("motion", "view", "clips", "frames with somebody", "worst clip", "frames on somebody else"),
                *("clips with such frames", "clips refused", "view mistaken"),
            ),
            [
                (
                    _MOTION[r.source],
                    r.view,
                    str(r.clips),
                    f"{100 * r.found:.2f} %",
                    f"{100 * r.worst:.2f} %",
                    f"{100 * r.wrong_person:.2f} %",
                    str(r.clips_wrong),
                    str(r.refused),
                    str(r.view_mistaken),
                )
                for r in _rows(tables["detection"])
            ],
        ),
        "events": _event_table(tables["events"]),
        "detectors": markdown_table(
            ("motion", "seen from", "event", "detector", "n", "bias, ms", "median, ms", "p95, ms", "missed / invented"),
            [
                (
                    _MOTION[r.source],
                    PLACE_LABELS[r.place],
                    "contact" if r.kind == "contact" else "toe-off",
                    f"**{r.detector}**" if r.detector == "gait" else r.detector,
                    str(r.n),
                    _number(r.bias, "ms", sign=True),
                    _number(r.median_abs, "ms"),
                    _number(r.p95_abs, "ms"),
                    f"{r.missed} / {r.invented}",
                )
                for r in _rows(tables["detectors"])
            ],
        ),
        "design": _design_table(pd.DataFrame(record["data"]["clips"])),
        "main_agreement": _agreement_table(at_60[main], units),
        "main_intervals": _interval_table(at_60[main], units),
        "agreement": _agreement_table(at_60[~main], units),
        "intervals": _interval_table(at_60[~main], units),
        "pooled": _pooled_table(tables["pooled"]),
        "by_body_and_motion": _group_table(tables["by_body_and_motion"], units, "body, motion", level),
        "by_motion": _group_table(tables["by_source"], units, "motion", level),
        "findings": of_runners("rendered"),
        "joint_findings": of_runners("joints"),
        "overstride": _overstride_table(tables["overstride_finding"]),
        "probabilities": _probability_table(tables["probabilities"]),
        "real": _real_section(record["real"]) if record.get("real") else [],
        "joint_agreement": _agreement_table(joints_at_60, units) if len(joints) else [],
        "joint_intervals": _interval_table(joints_at_60, units) if len(joints) else [],
        "joint_rates": _group_table(joints, units, "frames/s", rate) if len(joints) else [],
        "identity": markdown_table(
            ("motion", "view", "frames/s", "frames", "by the engine", "after repair", "worst clip"),
            [
                (
                    _MOTION[r.source],
                    r.view,
                    f"{r.fps:.0f}",
                    str(r.frames),
                    f"{100 * r.before:.2f} %",
                    f"{100 * r.after:.2f} %",
                    f"{100 * r.worst_after:.2f} %",
                )
                for r in _rows(tables["identity"])
            ],
        ),
        "keypoints": markdown_table(
            ("joint", "seen from", "clips", "distance", "steady x, y", "stride-locked x, y", "random x, y"),
            [
                (
                    r.joint,
                    PLACE_LABELS[r.place],
                    str(r.clips),
                    f"{r.distance:.2f}",
                    f"{_number(r.bias_x, sign=True)}, {_number(r.bias_y, sign=True)}",
                    f"{r.locked_x:.2f}, {r.locked_y:.2f}",
                    f"{r.random_x:.2f}, {r.random_y:.2f}",
                )
                for r in _rows(tables["keypoints"])
            ],
        ),
    }
    factors = [
        (label, "\n".join(_group_table(tables[f"by_{name}"], units, label, level)))
        for name, (label, _) in FACTORS.items()
        if name != "source"
    ]
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gait.validation"), autoescape=False, keep_trailing_newline=True
    )
    return environment.get_template("validation.md.j2").render(
        about=about,
        picture=picture,
        factors=factors,
        resamples=RESAMPLES,
        slope_clips=MIN_SLOPE_CLIPS,
        overstride_limits=_overstride_limits(),
        **{name: "\n".join(lines) for name, lines in parts.items()},
    )


def record_as_json(
    tables: Mapping[str, pd.DataFrame],
    about: Mapping[str, Any],
    *,
    data: Mapping[str, Columns] | None = None,
    real: Mapping[str, Any] | None = None,
) -> str:
    """Format a validation as JSON.

    Parameters
    ----------
    tables : mapping
        As `gait.validation.error_tables.summary_tables` returns: name → list of rows, with four decimal places; NaN is
        null.
    about : mapping
        ``command, engine, network, version, seed, clips, recordings, runners``.
    data : mapping, optional
        The data of every clip (`gait.validation.published_data.published_data`).
    real : mapping, optional
        The comparison with real clips (`gait.validation.real_runners.real_runners_record`).

    Returns
    -------
    str
        JSON with ``about``, ``tables``, and ``data`` and ``real`` where they are given.
    """
    plain = {name: json.loads(frame.to_json(orient="records", double_precision=4)) for name, frame in tables.items()}
    lines = [json.dumps({name: rows}, ensure_ascii=False)[1:-1] for name, rows in plain.items()]
    parts = [f'"about": {json.dumps(dict(about), ensure_ascii=False)}', '"tables": {\n' + ",\n".join(lines) + "\n}"]
    if real is not None:
        parts.append(f'"real": {json.dumps(dict(real), ensure_ascii=False)}')
    if data is not None:
        parts.append(f'"data": {data_lines(data)}')
    return "{" + ",\n".join(parts) + "}\n"


#: Rows of the README's table: metric, place, label.
README_ROWS: tuple[tuple[str, str, str], ...] = (
    ("cadence", "near", "cadence, from the side"),
    ("cadence", "rear", "cadence, from behind"),
    ("contact_time", "near", "contact time, near leg"),
    ("overstride", "near", "overstride, near leg"),
    ("tibia_angle", "near", "tibia angle, near leg"),
    ("knee_flexion_contact", "near", "knee flexion at contact, near leg"),
    ("knee_flexion_stance", "near", "largest knee flexion in stance, near leg"),
    ("foot_strike_angle", "near_seen", "foot strike angle, near leg"),
    ("hip_extension", "near", "thigh behind at toe-off, near leg"),
    ("trunk_lean", "near", "trunk lean"),
    ("vertical_oscillation", "near", "vertical oscillation"),
    ("pelvic_drop", "rear_marked", "pelvic drop, from behind, with tape or waistband"),
    ("pelvic_drop", "rear", "pelvic drop, from behind, off the clothes"),
    ("step_width", "rear", "step width, from behind"),
    ("arm_crossover", "front", "arm crossover, from the front"),
)


def readme_table(path: Path, units: Mapping[str, str]) -> str:
    """Format the accuracy table of the README.

    Parameters
    ----------
    path : Path
        ``validation.json``.
    units : mapping
        Metric → unit.

    Returns
    -------
    str
        Markdown.
    """
    record = json.loads(path.read_text(encoding="utf-8"))
    rows = []
    for key, place, label in README_ROWS:
        row = next(
            (r for r in record["tables"]["accuracy"] if (r["key"], r["place"], r["fps"]) == (key, place, 60.0)), None
        )
        if row is None or row["median_abs"] is None:
            continue
        unit = units[key]
        rows.append(
            (
                f"{label}, {unit}",
                _number(row["median_abs"], unit),
                _number(row["p95_abs"], unit),
                f"± {_number(row['half_width'], unit)}",
                _span(row["coverage"], row["coverage_low"], row["coverage_high"]),
                "–" if row["slope"] is None else f"{row['slope']:.2f}",
            )
        )
    for place, kind, label in (
        ("near", "contact", "single contacts, near leg, ms"),
        ("near", "toe_off", "single toe-offs, near leg, ms"),
        ("rear", "contact", "single contacts, from behind, ms"),
    ):
        for source in ("recorded", "planned"):
            row = next(
                (
                    r
                    for r in record["tables"]["events"]
                    if (r["source"], r["place"], r["fps"], r["kind"]) == (source, place, 60.0, kind)
                ),
                None,
            )
            if row is not None:
                rows.append((label, _number(row["median_abs"], "ms"), _number(row["p95_abs"], "ms"), "", "", ""))
                break
    head = (
        *("at 60 frames/s", "median error", "95 % of legs or events within", "interval given", "holds the truth"),
        "slope",
    )
    return "\n".join(markdown_table(head, rows)).strip()


def write_page(folder: Path, pictures: Sequence[str] | None = None) -> Path:
    """Write ``validation.md`` from the ``validation.json`` and the plots of a folder.

    Parameters
    ----------
    folder : Path
    pictures : sequence of str, optional
        Names of the plots in ``images/validation/``; all that are there by default.

    Returns
    -------
    Path
        The page.
    """
    record = json.loads((folder / "validation.json").read_text(encoding="utf-8"))
    if pictures is None:
        pictures = sorted(path.name for path in (folder / "images" / "validation").glob("*.png"))
    page = folder / "validation.md"
    with owned_write(page) as temporary:
        temporary.write_text(render_page(record, pictures), encoding="utf-8")
    return page


def compute_tables_again(folder: Path) -> None:
    """Compute the tables and plots of metrics and findings again from the published data of a folder.

    Parameters
    ----------
    folder : Path
        With ``validation.json``, which is replaced; plots go into ``images/validation/``.
    """
    from gait.validation.error_plots import save_measurement_figures

    path = folder / "validation.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    measurements = published_measurements(record["data"])
    tables = {name: pd.DataFrame(rows) for name, rows in record["tables"].items()} | measurement_tables(measurements)
    save_measurement_figures(measurements, tables["accuracy"], folder / "images" / "validation", metric_units())
    with owned_write(path) as temporary:
        text = record_as_json(tables, record["about"], data=record["data"], real=record.get("real"))
        temporary.write_text(text, encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Write the page, with ``--tables`` after computing its tables and plots again.

    Parameters
    ----------
    arguments : sequence of str

    Returns
    -------
    int
        Exit code.
    """
    folders = [Path(text) for text in arguments if text != "--tables"] or [Path("docs")]
    if len(folders) > 1 or not (folders[0] / "validation.json").is_file():
        print(
            "usage: python -m gait.validation.validation_page [--tables] [FOLDER with validation.json]", file=sys.stderr
        )
        return 2
    if "--tables" in arguments:
        compute_tables_again(folders[0])
    print(write_page(folders[0]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
