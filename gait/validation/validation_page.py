"""``docs/validation.md``: the tables of a validation as a page, and the table of the README."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from gait.validation.error_tables import FACTORS

#: Words for the places that a number belongs to.
PLACES = {
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
    """Give the rows of a table with their columns as attributes."""
    return frame.itertuples()


def _share(value: float) -> str:
    return "–" if math.isnan(value) else f"{100 * value:.0f} %"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Give a Markdown table."""
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return [*lines, ""]


def accuracy_table(
    accuracy: pd.DataFrame, units: Mapping[str, str], first: str, name: Callable[[Any], str]
) -> list[str]:
    """Give the table of `gait.validation.error_tables.accuracy`, with a third column ``first`` named by ``name``."""
    rows = []
    for r in _rows(accuracy):
        unit = units.get(r.key, "")
        rows.append(
            (
                f"`{r.key}`, {_UNIT_SHORT.get(unit, unit)}",
                PLACES[r.place],
                name(r),
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
    head = ("metric", "seen from", first, "n", "bias", "sd", "median", "p95", "interval ±", "holds truth", "refused")
    return table(head, rows)


def event_table(events: pd.DataFrame) -> list[str]:
    """Give the table of single events."""
    rows = [
        (
            _MOTION[r.source],
            PLACES[r.place],
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
    return table(head, rows)


_MOTION = {
    "planned": "drawn, planned motion",
    "recorded": "drawn, recorded motion",
    "joints": "recorded joints",
}


def page(
    tables: Mapping[str, pd.DataFrame], units: Mapping[str, str], pictures: Sequence[str], about: Mapping[str, Any]
) -> str:
    """Write the whole page.

    Parameters
    ----------
    tables : mapping
        As `gait.validation.error_tables.summaries`.
    units : mapping
        Metric → unit.
    pictures : sequence of str
        File names in ``images/validation/``.
    about : mapping
        ``command, engine, version, seed, clips, recordings``.

    Returns
    -------
    str
        Markdown.
    """
    usual = tables["accuracy"]

    def rate(row: Any) -> str:
        return f"{row.fps:.0f}"

    def picture(name: str, words: str) -> str:
        return f"![{words}](images/validation/{name})\n" if name in pictures else ""

    parts = {
        "asked": table(
            ("metric", "n", "mean difference", "largest"),
            [
                (f"`{r.key}`, {units.get(r.key, '')}", str(r.n), f"{r.mean_abs:.4f}", f"{r.largest:.4f}")
                for r in _rows(tables["asked"])
            ],
        ),
        "detection": table(
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
        "events": event_table(tables["events"]),
        "detectors": table(
            ("motion", "seen from", "event", "detector", "n", "bias, ms", "median, ms", "p95, ms", "missed / invented"),
            [
                (
                    _MOTION[r.source],
                    PLACES[r.place],
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
        "accuracy": accuracy_table(usual[usual.fps == 60], units, "frames/s", rate),
        "joints": accuracy_table(tables["joints"], units, "frames/s", rate) if len(tables["joints"]) else [],
        "identity": table(
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
        "landmarks": table(
            ("joint", "seen from", "clips", "distance", "steady x, y", "stride-locked x, y", "random x, y"),
            [
                (
                    r.joint,
                    PLACES[r.place],
                    str(r.clips),
                    f"{r.distance:.2f}",
                    f"{_number(r.bias_x, sign=True)}, {_number(r.bias_y, sign=True)}",
                    f"{r.locked_x:.2f}, {r.locked_y:.2f}",
                    f"{r.random_x:.2f}, {r.random_y:.2f}",
                )
                for r in _rows(tables["landmarks"])
            ],
        ),
    }
    factors = [
        (words, "\n".join(accuracy_table(tables[f"by_{name}"], units, words, lambda r: str(r.level))))
        for name, (words, _) in FACTORS.items()
    ]
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gait.validation"), autoescape=False, keep_trailing_newline=True
    )
    return environment.get_template("validation.md.j2").render(
        about=about, picture=picture, factors=factors, **{name: "\n".join(lines) for name, lines in parts.items()}
    )


def as_json(tables: Mapping[str, pd.DataFrame], about: Mapping[str, Any]) -> str:
    """Give the tables as JSON: name → list of rows; NaN is null."""
    plain = {name: json.loads(frame.to_json(orient="records", double_precision=4)) for name, frame in tables.items()}
    lines = [json.dumps({name: rows}, ensure_ascii=False)[1:-1] for name, rows in plain.items()]
    return f'{{"about": {json.dumps(dict(about), ensure_ascii=False)},\n"tables": {{\n' + ",\n".join(lines) + "\n}}\n"


#: Rows of the README's table: metric, place, words.
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
    """Give the accuracy table of the README from ``validation.json``."""
    record = json.loads(path.read_text(encoding="utf-8"))
    rows = []
    for key, place, words in README_ROWS:
        row = next(
            (r for r in record["tables"]["accuracy"] if (r["key"], r["place"], r["fps"]) == (key, place, 60.0)), None
        )
        if row is None or row["median_abs"] is None:
            continue
        unit = units[key]
        rows.append(
            (
                f"{words}, {unit}",
                _number(row["median_abs"], unit),
                _number(row["p95_abs"], unit),
                f"± {_number(row['half_width'], unit)}",
                _share(row["coverage"]),
            )
        )
    for place, kind, words in (
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
                rows.append((words, _number(row["median_abs"], "ms"), _number(row["p95_abs"], "ms"), "", ""))
                break
    head = ("at 60 frames/s", "median error", "95 % of clips or events within", "interval given", "holds the truth")
    return "\n".join(table(head, rows)).strip()
