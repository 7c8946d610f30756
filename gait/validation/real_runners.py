"""Validation on real runners: clips labelled by hand, or filmed in a laboratory. Analyses, tables, files."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from gait._typing import ProgressCallback
from gait.analysis.view_analysis import ViewAnalysis
from gait.errors import RefusedError
from gait.metrics.register import METRIC_BY_KEY
from gait.owned_files import owned_write
from gait.pose.engines.engine_registry import DEFAULT_ENGINE
from gait.session import analyze
from gait.validation.lab_recordings import LabRecording, find_lab_recordings, lab_reference
from gait.validation.label_comparison import (
    EYE_MINUS_FORCE_MS,
    LabelledClip,
    find_labelled_clips,
    label_reference,
)
from gait.validation.reference_comparison import Reference, event_rows, point_rows, summary, value_rows

#: Schema of the JSON file.
SCHEMA = "gait.real_runners/1"


@dataclass(frozen=True)
class RealRunners:
    """Tables of a comparison with real runners.

    Attributes
    ----------
    reference : {"labels", "lab"}
    clips : DataFrame
        One row a clip: ``clip, file, view, fps, roll_deg, refused, note``.
    events, values, points : DataFrame
        As `gait.validation.reference_comparison.event_rows`, `value_rows` and `point_rows` give them, with ``clip``.
    """

    reference: str
    clips: pd.DataFrame
    events: pd.DataFrame
    values: pd.DataFrame
    points: pd.DataFrame

    def summaries(self) -> dict[str, pd.DataFrame]:
        """Summarise over clips (`gait.validation.reference_comparison.summary`).

        Returns
        -------
        dict
            ``events`` (against 50 N), ``at_reference`` (posture alone) and ``reported`` (as in a report).
        """
        by = ("key", "place")
        values = {"reference_sd": "reference_sd", "half_width": "half_width"}
        return {
            "events": summary(
                self.events,
                ("kind", "place"),
                error="force_error_ms",
                reference_sd="reference_sd_ms",
                half_width="half_width_ms",
            ),
            "at_reference": summary(self.values, by, error="error_at_reference", holds="holds_at_reference", **values),
            "reported": summary(self.values, by, error="error", **values),
        }


def compare_with_labels(
    folder: Path,
    *,
    video_folders: Sequence[Path] = (),
    cache_dir: Path | None = None,
    engine: str = DEFAULT_ENGINE,
    progress: ProgressCallback | None = None,
) -> RealRunners:
    """Analyse labelled clips and compare the results with the labels.

    Parameters
    ----------
    folder : Path
        Holds the label files ``NAME.json``.
    video_folders : sequence of Path
        More folders in which the videos may lie.
    cache_dir : Path, optional
        Folder that keeps the poses of each clip for the next run; it is made.
    engine : str
        Pose engine.
    progress : callable, optional
        Called with (clips done, clips in all).

    Returns
    -------
    RealRunners

    Raises
    ------
    InputError
        A label file or video is missing or cannot be used.
    """
    clips = find_labelled_clips(folder, video_folders)

    def reference(clip: LabelledClip, view: ViewAnalysis) -> tuple[Reference, str]:
        note = ""
        if view.camera.near_side != clip.labels.near_side:
            note = f"labels say that the {clip.labels.near_side} leg is near, gait finds the {view.camera.near_side}"
        return label_reference(clip, view), note

    return _compare("labels", clips, reference, cache_dir, engine, progress, needs_side=True)


def compare_with_lab(
    folder: Path,
    *,
    cache_dir: Path | None = None,
    engine: str = DEFAULT_ENGINE,
    progress: ProgressCallback | None = None,
) -> RealRunners:
    """Analyse clips that were filmed in a laboratory and compare the results with markers and force plates.

    Parameters
    ----------
    folder : Path
        As `gait.validation.lab_recordings.find_lab_recordings`.
    cache_dir, engine, progress
        As `compare_with_labels`.

    Returns
    -------
    RealRunners

    Raises
    ------
    InputError
        A file is missing or cannot be used.
    """
    recordings = find_lab_recordings(folder)

    def reference(recording: LabRecording, view: ViewAnalysis) -> tuple[Reference, str]:
        return lab_reference(recording, view), ""

    return _compare("lab", recordings, reference, cache_dir, engine, progress, needs_side=False)


def _compare(
    name: str,
    clips: Sequence[Any],
    reference_of: Callable[[Any, ViewAnalysis], tuple[Reference, str]],
    cache_dir: Path | None,
    engine: str,
    progress: ProgressCallback | None,
    *,
    needs_side: bool,
) -> RealRunners:
    tables: dict[str, list[dict[str, Any]]] = {"clips": [], "events": [], "values": [], "points": []}
    for number, clip in enumerate(clips):
        kept = None if cache_dir is None else cache_dir / name / clip.name
        if kept is not None:
            kept.mkdir(parents=True, exist_ok=True)
        row: dict[str, Any] = {"clip": clip.name, "file": str(clip.video), "refused": None, "note": ""}
        tables["clips"].append(row)
        try:
            session = analyze(clip.video, height_m=getattr(clip, "height_m", None), engine=engine, cache_dir=kept)
            view = session.views[0]
            row |= {
                "view": view.camera.view,
                "fps": view.info.capture_fps,
                "roll_deg": float(view.clean.attrs.get("camera_roll_deg", math.nan)),
            }
            if needs_side and view.camera.view != "side":
                raise RefusedError(f"labels need a side view, gait finds a {view.camera.view} view")
            reference, row["note"] = reference_of(clip, view)
        except RefusedError as error:
            row["refused"] = str(error)
        else:
            head = {"clip": clip.name}
            tables["events"] += [head | r for r in event_rows(view, reference)]
            tables["values"] += [head | r for r in value_rows(view, reference)]
            tables["points"] += [head | r for r in point_rows(view, reference)]
        if progress is not None:
            progress(number + 1, len(clips))
    return RealRunners(name, *(pd.DataFrame(tables[t]) for t in ("clips", "events", "values", "points")))


# --- files and text -------------------------------------------------------------------------------------------------


def write_real_runners(result: RealRunners, folder: Path, *, command: str) -> tuple[Path, Path]:
    """Write the tables as ``labels_validation.md`` and ``.json`` (or ``lab_validation``).

    Parameters
    ----------
    result : RealRunners
    folder : Path
        Existing folder.
    command : str
        Command that makes them again, to be named in them.

    Returns
    -------
    (Path, Path)
        The page and the data.
    """
    from gait import __version__

    page, data = (folder / f"{result.reference}_validation.{suffix}" for suffix in ("md", "json"))
    record = {"schema": SCHEMA, "gait_version": __version__, "command": command, **real_runners_record(result)}
    with owned_write(data) as temporary:
        temporary.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    title = "Real clips, labelled by hand" if result.reference == "labels" else "Recordings of a laboratory"
    text = "\n".join([f"# {title}", "", f"Made by `{command}`, gait {__version__}.", "", *real_runner_lines(result)])
    with owned_write(page) as temporary:
        temporary.write_text(text.rstrip() + "\n", encoding="utf-8")
    return page, data


def real_runners_record(result: RealRunners) -> dict[str, Any]:
    """Lay the tables out for JSON.

    Parameters
    ----------
    result : RealRunners

    Returns
    -------
    dict
        ``reference``; ``clips, events, values, points`` and ``summary``, lists of rows; missing values are ``None``.
        Videos are named without their folder.
    """
    clips = result.clips.assign(file=[Path(file).name for file in result.clips.file])
    return {
        "reference": result.reference,
        "clips": _records(clips),
        **{name: _records(getattr(result, name)) for name in ("events", "values", "points")},
        "summary": {name: _records(table) for name, table in result.summaries().items()},
    }


def real_runners_from_record(record: Mapping[str, Any]) -> RealRunners:
    """Read the tables back.

    Parameters
    ----------
    record : mapping
        As `real_runners_record` returns.

    Returns
    -------
    RealRunners
    """
    return RealRunners(
        record["reference"], *(pd.DataFrame(record[name]) for name in ("clips", "events", "values", "points"))
    )


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in row.items()}
        for row in json.loads(table.to_json(orient="records"))
    ]


def real_runner_lines(result: RealRunners) -> list[str]:
    """Lay the tables out as Markdown, which also reads well in a terminal.

    Parameters
    ----------
    result : RealRunners

    Returns
    -------
    list of str
        Lines.
    """
    other = "label" if result.reference == "labels" else "laboratory"
    lines = []
    for row in result.clips.to_dict("records"):
        for about in filter(_said, (row["refused"], row["note"])):
            lines += [f"{row['clip']}: {about}", ""]
    if not result.events.empty:
        by_force = (
            f"against 50 N = {other}"
            if result.reference == "lab"
            else f"against 50 N, expected {-EYE_MINUS_FORCE_MS['initial_contact']:g} ms after first touch and "
            f"{EYE_MINUS_FORCE_MS['toe_off']:g} ms before last touch"
        )
        lines += [f"Contact and toe-off, ms: gait minus {other}, and {by_force}.", ""]
        lines += aligned_table(
            ("clip", "leg", "event", "n", "missed", f"− {other}", "− 50 N", "spread", "sd of ref.", "± gait", "holds"),
            [
                (
                    r["clip"],
                    f"{r['side']} ({r['place']})",
                    str(r["kind"]).replace("_", "-"),
                    str(r["n"]),
                    str(r["missed"]),
                    _text(r.get("error_ms"), 1, sign=True),
                    _text(r.get("force_error_ms"), 1, sign=True),
                    *(_text(r.get(c), 1) for c in ("spread_ms", "reference_sd_ms", "half_width_ms")),
                    _yes_no(r.get("holds")),
                )
                for r in result.events.to_dict("records")
            ],
        )
    if not result.values.empty:
        lines += [
            f"Metrics: gait minus {other}, at the {other}'s moments (posture alone) and as reported (with the error of "
            "the event).",
            "",
        ]
        lines += aligned_table(
            (
                *("clip", "metric", "leg", "n", other, "gait", "at its moments", "as reported", "spread"),
                *("sd of ref.", "± gait", "holds", "grade"),
            ),
            [_value_cells(r) for r in _plain(result.values)],
        )
    if not result.points.empty:
        lines += [f"Keypoints minus {other} in the same frames, % of thigh plus shank: + = ahead, up.", ""]
        lines += aligned_table(
            ("clip", "leg", "joint", "n", "forward", "up", "spread", "sd of ref."),
            [
                (
                    r["clip"],
                    f"{r['side']} ({r['place']})",
                    str(r["joint"]),
                    str(r["n"]),
                    _text(r["forward"], 1, sign=True),
                    _text(r["up"], 1, sign=True),
                    f"{_text(r['spread_forward'], 1)}, {_text(r['spread_up'], 1)}",
                    _text(r["reference_sd"], 1),
                )
                for r in result.points.to_dict("records")
            ],
        )
    titles = {
        "events": "Events over all clips, ms, against 50 N",
        "at_reference": f"Metrics over all clips, at the {other}'s moments",
        "reported": "Metrics over all clips, as reported",
    }
    for name, table in result.summaries().items():
        if table.empty:
            continue
        lines += [f"{titles[name]}: method error = √(rms² − sd of the reference²).", ""]
        rows = []
        for r in table.to_dict("records"):
            quantity = str(r["kind"]).replace("_", "-") if name == "events" else f"{r['key']}"
            digits = 1 if name == "events" else _digits(str(r["key"]))
            rows.append(
                (
                    quantity,
                    str(r["place"]),
                    str(r["clips"]),
                    _text(r["bias"], digits, sign=True),
                    *(_text(r[c], digits) for c in ("rms", "reference_sd", "method_error", "half_width")),
                    f"{r['held']} of {r['intervals']}",
                )
            )
        lines += aligned_table(
            ("quantity", "leg", "clips", "bias", "rms", "sd of ref.", "method error", "± gait", "held"), rows
        )
    return lines


def aligned_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Format a Markdown table with columns of even width.

    Parameters
    ----------
    columns : sequence of str
    rows : sequence of sequences of str

    Returns
    -------
    list of str
        Lines; the last one is empty.
    """
    width = [max(len(row[n]) for row in (columns, *rows)) for n in range(len(columns))]

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.ljust(width[n]) for n, cell in enumerate(cells)) + " |"

    return [line(columns), "|" + "|".join("-" * (w + 2) for w in width) + "|", *map(line, rows), ""]


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _value_cells(row: dict[str, Any]) -> tuple[str, ...]:
    spec, digits = METRIC_BY_KEY[row["key"]], _digits(row["key"])
    unit = {"fraction of L": "L", "deg": "°"}.get(spec.unit, spec.unit)
    return (
        row["clip"],
        f"{row['key']}, {unit}",
        f"{row['side']} ({row['place']})",
        str(row["n"]),
        _text(row.get("reference"), digits),
        _text(row.get("value"), digits),
        _text(row.get("error_at_reference"), digits, sign=True),
        _text(row.get("error"), digits, sign=True),
        *(_text(row.get(c), digits) for c in ("spread", "reference_sd", "half_width")),
        _yes_no(row.get("holds")),
        str(row["grade"] if _said(row["grade"]) else row["reason"]),
    )


def _said(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _digits(key: str) -> int:
    return 3 if METRIC_BY_KEY[key].unit == "fraction of L" else 1


def _text(value: Any, digits: int, *, sign: bool = False) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    return f"{value:{'+' if sign else ''}.{digits}f}".replace("-", "−")


def _yes_no(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    return "yes" if value else "no"
