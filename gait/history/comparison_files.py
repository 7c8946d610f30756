"""Write a comparison: ``compare.json``, the side-by-side videos and ``compare.html``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gait._typing import PathLike, ProgressCallback
from gait.display_language import _
from gait.errors import InputError, RefusedError
from gait.history.comparison import MetricDifference, ReportComparison
from gait.history.comparison_clip import ComparisonClip, load_comparison_clip
from gait.history.comparison_page import render_comparison_page
from gait.io.report_reader import SavedReport
from gait.metrics.grading import VIEW_WORDS
from gait.owned_files import check_may_write, owned_write, remove_own_file
from gait.report.report_json import gait_version

SCHEMA = "gait.compare/1"


def write_comparison(
    comparison: ReportComparison,
    folder: PathLike,
    *,
    video: bool = True,
    progress: ProgressCallback | None = None,
) -> Path:
    """Write ``compare.json``, ``compare.mp4`` and, last, ``compare.html``.

    Parameters
    ----------
    comparison : ReportComparison
    folder : path
        Created when missing.
    video : bool
        Whether to write the side-by-side videos: ``compare.mp4`` of the first common view, ``compare_<view>.mp4`` of
        further ones. Where a clip or its poses are gone there is none, and the page says why.
    progress : callable, optional
        Called with (frames done, frames in all) while a video is written.

    Returns
    -------
    Path
        ``compare.html``.

    Raises
    ------
    InputError
        The folder cannot be created or written to, or a file there is not gait's own.
    """
    from gait.history.comparison_video import write_comparison_video

    target = Path(folder)
    video_names = {v: "compare.mp4" if v == comparison.views[0] else f"compare_{v}.mp4" for v in comparison.views}
    names = ["compare.json", "compare.html", *(video_names.values() if video else ())]
    check_may_write([target / name for name in names], sources=[*_clips(comparison.first), *_clips(comparison.second)])
    problems: list[str] = []
    pairs: dict[str, tuple[ComparisonClip, ComparisonClip]] = {}
    for view in comparison.views:
        try:
            pairs[view] = (load_comparison_clip(comparison.first, view), load_comparison_clip(comparison.second, view))
        except (InputError, RefusedError) as error:
            problems.append(
                _("No video and no mean strides of the {view} view: {error}").format(
                    view=VIEW_WORDS.get(view, view), error=error
                )
            )
    try:
        target.mkdir(parents=True, exist_ok=True)
        videos: dict[str, str] = {}
        for view, (one, other) in pairs.items() if video else ():
            name = video_names[view]
            try:
                write_comparison_video(one, other, comparison.labels, target / name, progress=progress)
                videos[view] = name
            except (InputError, RefusedError) as error:
                remove_own_file(target / name)  # one of an earlier run would contradict the page
                problems.append(
                    _("No video of the {view} view: {error}").format(view=VIEW_WORDS.get(view, view), error=error)
                )
        with owned_write(target / "compare.json") as temporary:
            text = json.dumps(comparison_dict(comparison, list(videos.values())), ensure_ascii=False, indent=1)
            temporary.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")
        with owned_write(target / "compare.html") as temporary:
            temporary.write_text(render_comparison_page(comparison, pairs, videos, problems), encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            _("{target}: cannot be written ({reason}); choose another folder").format(target=target, reason=reason)
        ) from error
    return target / "compare.html"


def _clips(report: SavedReport) -> list[Path]:
    found = (report.video_file(number) for number in range(len(report.videos)))
    return [path for path in found if path is not None]


def comparison_dict(comparison: ReportComparison, videos: list[str]) -> dict[str, Any]:
    """Build ``compare.json`` (schema ``gait.compare/1``) as plain data.

    Parameters
    ----------
    comparison : ReportComparison
    videos : list of str
        File names of the side-by-side videos.

    Returns
    -------
    dict
        Values in the metrics' units.
    """

    def report_entry(report: SavedReport, label: str) -> dict[str, Any]:
        return {
            "label": label,
            "folder": None if report.folder is None else str(report.folder),
            "runner": dict(report.record["runner"]),
            "videos": [{k: v[k] for k in ("file", "view", "facing", "engine")} for v in report.videos],
            "gait_version": report.record.get("gait_version"),
        }

    return {
        "schema": SCHEMA,
        "gait_version": gait_version(),
        "same_runner": comparison.same_runner,
        "assumed": comparison.assumed,
        "first": report_entry(comparison.first, comparison.labels[0]),
        "second": report_entry(comparison.second, comparison.labels[1]),
        "views": list(comparison.views),
        "differences": [_difference_entry(d) for d in comparison.differences],
        "notes": list(comparison.notes),
        "videos": videos,
    }


def _difference_entry(d: MetricDifference) -> dict[str, Any]:
    def rounded(value: float | None) -> float | None:
        return None if value is None else float(f"{value:.4g}")

    interval = d.change.interval
    return {
        "key": d.key,
        "side": d.side,
        "unit": d.first.unit,
        "first": d.first.value,
        "first_interval": None if d.first.low is None else [d.first.low, d.first.high],
        "second": d.second.value,
        "second_interval": None if d.second.low is None else [d.second.low, d.second.high],
        "difference": rounded(d.change.difference),
        "interval": None if interval is None else [rounded(end) for end in interval],
        "smallest_detectable": rounded(d.change.smallest),
        "verdict": d.change.verdict,
        "reason": d.change.reason,
        "remark": d.remark,
    }
