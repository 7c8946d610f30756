"""The tables of a validation as JSON and as a page (``docs/validation.md``), and the table of the README.

``python -m gait.validation.validation_page [FOLDER]`` writes the page of an existing ``validation.json`` again, for
instance after a change of its words.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from gait.atomic_files import atomic_write
from gait.metrics.register import METRICS
from gait.synthetic.truth import UNITS
from gait.validation.error_tables import FACTORS

#: Labels of the column ``place`` (`gait.validation.truth_comparison.ValidationResults`).
PLACE_LABELS = {
    "near": "side, near leg",
    "far": "side, far leg",
    "near_seen": "side, near leg, shoe followed",
    "far_seen": "side, far leg, shoe followed",
    "rear": "rear",
    "front": "front",
    "rear_marked": "rear, pelvis marked",
    "front_marked": "front, pelvis marked",
}
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


def _accuracy_table(
    accuracy: pd.DataFrame, units: Mapping[str, str], group_heading: str, group_label: Callable[[Any], str]
) -> list[str]:
    rows = []
    for r in _rows(accuracy):
        unit = units.get(r.key, "")
        rows.append(
            (
                f"`{r.key}`, {_UNIT_SHORT.get(unit, unit)}",
                PLACE_LABELS[r.place],
                group_label(r),
                str(r.n),
                _number(r.bias, unit, sign=True),
                _number(r.sd, unit),
                _number(r.median_abs, unit),
                _number(r.p95_abs, unit),
                _number(r.half_width, unit),
                _share(r.coverage),
                _share(r.refused),
            )
        )
    head = (
        "metric",
        "seen from",
        group_heading,
        "n",
        "bias",
        "sd",
        "median",
        "p95",
        "interval ±",
        "holds truth",
        "refused",
    )
    return markdown_table(head, rows)


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
        Content of ``validation.json``: ``about`` (command, engine, version, seed, clips, recordings) and ``tables``.
    pictures : sequence of str
        File names in ``images/validation/``.

    Returns
    -------
    str
        Markdown.
    """
    about, units = record["about"], metric_units()
    tables = {
        name: pd.DataFrame([{key: math.nan if cell is None else cell for key, cell in row.items()} for row in rows])
        for name, rows in record["tables"].items()
    }
    accuracy = tables["accuracy"]

    def rate(row: Any) -> str:
        return f"{row.fps:.0f}"

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
        "accuracy": _accuracy_table(accuracy[accuracy.fps == 60], units, "frames/s", rate),
        "joints": _accuracy_table(tables["joints"], units, "frames/s", rate) if len(tables["joints"]) else [],
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
        (label, "\n".join(_accuracy_table(tables[f"by_{name}"], units, label, lambda r: str(r.level))))
        for name, (label, _) in FACTORS.items()
    ]
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gait.validation"), autoescape=False, keep_trailing_newline=True
    )
    return environment.get_template("validation.md.j2").render(
        about=about, picture=picture, factors=factors, **{name: "\n".join(lines) for name, lines in parts.items()}
    )


def tables_as_json(tables: Mapping[str, pd.DataFrame], about: Mapping[str, Any]) -> str:
    """Format the tables as JSON: name → list of rows, with four decimal places; NaN is null.

    Parameters
    ----------
    tables : mapping
        As `gait.validation.error_tables.summary_tables` returns.
    about : mapping
        ``command, engine, version, seed, clips, recordings``.

    Returns
    -------
    str
        JSON with ``about`` and ``tables``.
    """
    plain = {name: json.loads(frame.to_json(orient="records", double_precision=4)) for name, frame in tables.items()}
    lines = [json.dumps({name: rows}, ensure_ascii=False)[1:-1] for name, rows in plain.items()]
    return f'{{"about": {json.dumps(dict(about), ensure_ascii=False)},\n"tables": {{\n' + ",\n".join(lines) + "\n}}\n"


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
                _share(row["coverage"]),
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
                rows.append((label, _number(row["median_abs"], "ms"), _number(row["p95_abs"], "ms"), "", ""))
                break
    head = ("at 60 frames/s", "median error", "95 % of clips or events within", "interval given", "holds the truth")
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
    with atomic_write(page) as temporary:
        temporary.write_text(render_page(record, pictures), encoding="utf-8")
    return page


if __name__ == "__main__":
    print(write_page(Path(sys.argv[1] if len(sys.argv) > 1 else "docs")))
