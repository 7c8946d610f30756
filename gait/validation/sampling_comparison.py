"""What it costs in exactness to look at some windows of a film only: sampled poses against those of every frame.

    python -m gait.validation.sampling_comparison [-o docs] [--mocap DIR] [--clips DIR]

compares both on the same runs with known truth. Without ``--clips`` these are films of joints: recorded runners of the
force plates, and planned motions of 40 s, with the scatter of the pose engine's keypoints. No network runs; the
windows that the plan asks for are cut out of the poses of every frame. With ``--clips`` (the folder of a validation
run) rendered clips are estimated again as `gait analyze` does, and compared with their stored poses.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import textwrap
from collections.abc import Callable, Hashable, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from gait._typing import ProgressCallback
from gait.analysis.sampling_need import times_needed
from gait.analysis.view_analysis import ViewAnalysis, analyze_pose
from gait.errors import RefusedError
from gait.events import stride_model
from gait.metrics.register import METRIC_BY_KEY
from gait.owned_files import owned_write
from gait.pose.dataset import SAMPLED_WINDOWS_ATTR, VIDEO_FPS_ATTR, VIDEO_FRAMES_ATTR, seen_windows
from gait.pose.engines.engine_registry import DEFAULT_ENGINE
from gait.pose.engines.model_file import DEFAULT_MODEL
from gait.pose.frame_rates import FrameRates
from gait.pose.sampling_plan import plan_windows, see_windows
from gait.records import Runner
from gait.synthetic.recorded_motion import Recording
from gait.validation.cases import REPORTING_HALF, ValidationCase, clip_cases, joint_cases, runner_id
from gait.validation.evaluation import held_out_model, joint_clip
from gait.validation.mocap import find_recordings
from gait.validation.process_pool import ValidationInputs, worker_inputs, worker_pool
from gait.validation.rendered_clips import FailedClip, RenderedClip, estimate_clip_pose, load_clip
from gait.validation.truth_comparison import measurement_rows

#: Frame rate of the films, frames/s.
FILM_FPS = 60.0
#: Recorded runs last 20 s: start and length of what is filmed, s. [E] Motion begins and ends inside.
RECORDED_START_S, RECORDED_S = 1.0, 18.0
#: Length of planned runs, s.
PLANNED_S = 40.0
#: Seconds between two key frames of a film, as phones write them. [E]
KEY_FRAME_S = 1.0
#: Draws of the bootstrap over clips, and the share that its intervals hold.
DRAWS, LEVEL = 2000, 0.95
#: A metric is shown where so many clips measure it. [E]
MIN_CLIPS = 5
#: Goals of issue 21: at most so much larger median error, and wider intervals.
GOALS = {"error": 1.03, "width": 1.05}
#: What the columns of `sampling_tables` are.
COLUMNS_TEXT = (
    "*Error*: median absolute error. *Width*: mean width of the intervals. Ratios are sampled over every frame, with "
    f"{100 * LEVEL:.0f} % bootstrap intervals over runs. *RMS ratio*: of the root mean square errors, which few runs "
    "give more exactly than medians. *Moved*: how far sampling moves a value, root mean square, as a share of half the "
    "width of its interval. *Coverage*: share of the intervals that hold the truth. *Refused*: values that sampling "
    "does not give, and values that only sampling gives."
)

#: Pose dataset of every frame → windows (start, end), s, that the plan asks for.
WindowPlan = Callable[[xr.Dataset], Sequence[tuple[float, float]]]


def cut_windows(pose: xr.Dataset, windows: Sequence[tuple[float, float]]) -> xr.Dataset:
    """Keep the windows of a pose dataset, as if nothing else of the film had been seen.

    Parameters
    ----------
    pose : xarray.Dataset
        Poses of every frame.
    windows : sequence of (float, float)
        Start and end of each, s of playback.

    Returns
    -------
    xarray.Dataset
        ``pose`` itself where the windows hold every frame.
    """
    time = np.asarray(pose["time"].values, dtype=float)
    seen = np.zeros(len(time), dtype=bool)
    for start, end in windows:
        seen |= (time >= start) & (time < end)
    if seen.all():
        return pose
    edges = [edge for window in windows for edge in window]
    attributes = {
        SAMPLED_WINDOWS_ATTR: np.asarray(edges, dtype=float),
        VIDEO_FRAMES_ATTR: pose.attrs.get(VIDEO_FRAMES_ATTR, len(time)),
        VIDEO_FPS_ATTR: pose.attrs.get(VIDEO_FPS_ATTR, pose.attrs["fps"]),
    }
    return pose.isel(time=np.flatnonzero(seen)).assign_attrs(attributes)


@dataclass(frozen=True)
class SamplingPair:
    """One run, with the poses of every frame and with sampled ones.

    Attributes
    ----------
    clip : RenderedClip
        Its truth, and the poses of every frame.
    sampled : xarray.Dataset
        Pose dataset of the windows that were seen.
    """

    clip: RenderedClip
    sampled: xr.Dataset

    def rows(self) -> list[dict[str, Any]]:
        """Measure both and compare them with the truth.

        Returns
        -------
        list of dict
            One a metric and side: ``clip, view, runner, key, side, place, truth, seen``, and of each of ``every`` and
            ``sampled`` ``value_…``, ``low_…``, ``high_…``; NaN where it was refused.
        """
        every = self._measured(self.clip.with_tracked_shoes())
        sampled = self._measured(replace(self.clip, pose=self.sampled).with_tracked_shoes())
        case = self.clip.case
        head = {
            "clip": case.name,
            "view": case.camera.view,
            "runner": runner_id(case.recording) if case.recording else case.name,
            "source": case.source if case.recording or case.rendered else "planned joints",
            "seen": self.sampled.sizes["time"] / self.clip.pose.sizes["time"],
        }
        rows = []
        for key, side in sorted(every.keys() | sampled.keys()):
            of_every, of_sampled = every.get((key, side)), sampled.get((key, side))
            known = of_every or of_sampled
            assert known is not None
            row = head | {"key": key, "side": side, "place": known["place"], "truth": known["truth"]}
            for name, found in (("every", of_every), ("sampled", of_sampled)):
                for field in ("value", "low", "high"):
                    row[f"{field}_{name}"] = np.nan if found is None else found[field]
            rows.append(row)
        return rows

    def _measured(self, pose: xr.Dataset) -> dict[tuple[str, str], dict[str, Any]]:
        try:
            analysis: ViewAnalysis = analyze_pose(pose, runner=Runner(height_m=self.clip.height_m))
        except RefusedError:
            return {}
        return {(row["key"], row["side"]): row for row in measurement_rows(self.clip, analysis)}


def film_cases(recordings: dict[str, Recording], *, seed: int, planned: int) -> list[ValidationCase]:
    """Choose the runs whose joints are filmed: all recorded ones of the reporting half, and some planned ones.

    Parameters
    ----------
    recordings : dict
        Name → recorded run.
    seed : int
    planned : int
        Number of planned runs, of all three sides.

    Returns
    -------
    list of ValidationCase
    """

    def filmed(case: ValidationCase, seconds: float, start: float) -> ValidationCase:
        camera = replace(case.camera, fps=FILM_FPS)
        return replace(case, camera=camera, duration_s=seconds, start_s=start, rendered=False)

    recorded = joint_cases(recordings, half=REPORTING_HALF, seed=seed)
    motions = [case for case in clip_cases("full", recordings, seed=seed) if case.recording is None]
    by_view = [[c for c in motions if c.camera.view == view] for view in ("side", "rear", "front")]
    mixed = [case for turn in zip(*by_view, strict=False) for case in turn]
    return [
        *(filmed(case, RECORDED_S, RECORDED_START_S) for case in recorded),
        *(filmed(case, PLANNED_S, 0.0) for case in mixed[:planned]),
    ]


def _compare_films(case: ValidationCase, plan: WindowPlan) -> list[dict[str, Any]]:
    with stride_model.use_stride_model(held_out_model(case)):
        clip = joint_clip(case, worker_inputs().recordings)
        return SamplingPair(clip, cut_windows(clip.pose, plan(clip.pose))).rows()


def _compare_rendered(case: ValidationCase) -> list[dict[str, Any]]:
    inputs = worker_inputs()
    clip = load_clip(inputs.clip_folder, case, inputs.network)
    if isinstance(clip, FailedClip) or clip.video is None:
        return []
    with stride_model.use_stride_model(held_out_model(case)):
        sampled = estimate_clip_pose(clip.video, case, inputs)
        return SamplingPair(clip, sampled).rows()


def compare_sampling(
    cases: Sequence[ValidationCase],
    inputs: ValidationInputs,
    plan: WindowPlan,
    *,
    jobs: int | None = None,
    keep: Path | None = None,
    progress: ProgressCallback | None = None,
) -> pd.DataFrame:
    """Compare sampled poses with those of every frame, on runs with known truth.

    Parameters
    ----------
    cases : sequence of ValidationCase
        Rendered clips are estimated again, films of joints are cut.
    inputs : ValidationInputs
    plan : callable
        Pose dataset of every frame → windows. A function of a module: it goes to other processes.
    jobs : int, optional
        Number of processes; one a core by default.
    keep : Path, optional
        Folder for the rows of each run. Runs whose rows are there are not compared again.
    progress : callable, optional
        Called with (runs done, runs in all).

    Returns
    -------
    DataFrame
        The rows of every `SamplingPair`.
    """
    kept = [_kept_rows(keep, case) for case in cases]
    with worker_pool(inputs, jobs) as pool:
        futures = {
            pool.submit(_compare_rendered, case) if case.rendered else pool.submit(_compare_films, case, plan): number
            for number, case in enumerate(cases)
            if kept[number] is None
        }
        for future in as_completed(futures):
            number = futures[future]
            kept[number] = future.result()
            if keep is not None:
                _keep_rows(keep, cases[number], future.result())
            if progress is not None:
                progress(sum(rows is not None for rows in kept), len(cases))
    return pd.DataFrame([row for rows in kept for row in rows or []])


def _kept_rows(folder: Path | None, case: ValidationCase) -> list[dict[str, Any]] | None:
    if folder is None:
        return None
    try:
        rows = json.loads((folder / f"{case.name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return [{name: np.nan if value is None else value for name, value in row.items()} for row in rows]


def _keep_rows(folder: Path, case: ValidationCase, rows: list[dict[str, Any]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    plain = [
        {name: None if isinstance(value, float) and not np.isfinite(value) else value for name, value in row.items()}
        for row in rows
    ]
    with owned_write(folder / f"{case.name}.json") as temporary:
        temporary.write_text(json.dumps(plain, default=float), encoding="utf-8")


def summarise_sampling(rows: pd.DataFrame, *, by: Sequence[str] = ("key", "place")) -> pd.DataFrame:
    """Summarise the comparison by metric.

    Parameters
    ----------
    rows : DataFrame
        From `compare_sampling`.
    by : sequence of str
        Columns that make a group.

    Returns
    -------
    DataFrame
        One row a group that `MIN_CLIPS` clips measure both ways: ``clips``, ``values``; ``error_every``,
        ``error_sampled``, median absolute error; ``width_every``, ``width_sampled``, mean width of the interval;
        ``coverage_every``, ``coverage_sampled``, share of the intervals that hold the truth; ``error_ratio``,
        ``rms_ratio`` (of root mean square errors), ``width_ratio`` and of each ``…_low`` and ``…_high``, its bootstrap
        interval over clips; ``moved``, root mean square difference of both values, in half widths of the interval of
        every frame; ``refused_every``, ``refused_sampled``, values that only the other way gives.
    """
    found = []
    for group, part in rows.groupby(list(by), sort=True):
        both = part[np.isfinite(part.value_every) & np.isfinite(part.value_sampled)]
        if both["clip"].nunique() < MIN_CLIPS:
            continue
        numbers = {name: _figures(both, name) for name in ("every", "sampled")}
        ratios = _ratio_intervals(both)
        found.append(
            dict(zip(by, group, strict=True))
            | {"clips": int(both["clip"].nunique()), "values": len(both)}
            | {f"{key}_{name}": value for name, figures in numbers.items() for key, value in figures.items()}
            | ratios
            | {"moved": _moved(both)}
            | {"refused_every": int((np.isnan(part.value_every) & np.isfinite(part.value_sampled)).sum())}
            | {"refused_sampled": int((np.isfinite(part.value_every) & np.isnan(part.value_sampled)).sum())}
        )
    return pd.DataFrame(found)


def _figures(rows: pd.DataFrame, name: str) -> dict[str, float]:
    value, low, high = (rows[f"{field}_{name}"].to_numpy(dtype=float) for field in ("value", "low", "high"))
    truth = rows.truth.to_numpy(dtype=float)
    given = np.isfinite(low) & np.isfinite(high)
    inside = (low <= truth) & (truth <= high)
    return {
        "error": float(np.median(np.abs(value - truth))),
        "width": float(np.mean((high - low)[given])) if given.any() else np.nan,
        "coverage": float(inside[given].mean()) if given.any() else np.nan,
    }


def _moved(rows: pd.DataFrame) -> float:
    half = float(np.nanmean((rows.high_every - rows.low_every) / 2)) if rows.high_every.notna().any() else np.nan
    return float(np.sqrt(np.mean((rows.value_sampled - rows.value_every) ** 2))) / half


def _ratio_intervals(rows: pd.DataFrame) -> dict[str, float]:
    """Return sampled over every frame, for both errors and the width, and its bootstrap interval over clips."""
    random = np.random.default_rng(1)
    clips = rows.groupby("clip", sort=True).indices
    groups = [np.asarray(index, dtype=np.int64) for index in clips.values()]
    truth = rows.truth.to_numpy(dtype=float)
    error = {name: np.abs(rows[f"value_{name}"].to_numpy(dtype=float) - truth) for name in ("every", "sampled")}
    width = {name: (rows[f"high_{name}"] - rows[f"low_{name}"]).to_numpy(dtype=float) for name in error}

    def ratios(index: NDArray[np.int64]) -> tuple[float, float, float]:
        spread = np.nanmean(width["every"][index])
        squares = {name: float(np.mean(values[index] ** 2)) for name, values in error.items()}
        return (
            float(np.median(error["sampled"][index]) / max(np.median(error["every"][index]), 1e-12)),
            math.sqrt(squares["sampled"] / max(squares["every"], 1e-24)),
            float(np.nanmean(width["sampled"][index]) / spread) if spread > 0 else np.nan,
        )

    if not np.isfinite(width["every"]).any() or not np.isfinite(width["sampled"]).any():
        width = {name: np.ones_like(error[name]) for name in error}
    chosen = ratios(np.arange(len(rows), dtype=np.int64))
    drawn = np.array(
        [
            ratios(np.concatenate([groups[n] for n in random.integers(0, len(groups), len(groups))]))
            for _ in range(DRAWS)
        ]
    )
    edges = np.nanquantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return {
        f"{name}_ratio{end}": float(value)
        for column, name in enumerate(("error", "rms", "width"))
        for end, value in (("", chosen[column]), ("_low", edges[0, column]), ("_high", edges[1, column]))
    }


def sampling_page(rows: pd.DataFrame, command: str) -> str:
    """Format the comparison as a page.

    Parameters
    ----------
    rows : DataFrame
        From `compare_sampling`.
    command : str
        Command that makes the page.

    Returns
    -------
    str
        Markdown.
    """
    clips = rows.drop_duplicates("clip")
    lines = [
        "# Sampled frames against every frame",
        "",
        f"Made by `{command}`. {len(clips)} runs whose truth is known: "
        + ", ".join(f"{count} × {source}" for source, count in clips.groupby("source").size().items())
        + f". The plan saw {100 * clips.seen.mean():.0f} % of the frames on average "
        f"({100 * clips.seen.min():.0f} to {100 * clips.seen.max():.0f} %).",
        "",
        "Each metric was measured twice in each run: from every frame, and from the windows of frames that an analysis "
        f"looks at by default (`every_frame=False`). {COLUMNS_TEXT}",
        "",
        f"The goals are a ratio of at most {GOALS['error']} for the error and {GOALS['width']} for the width, and an "
        "unchanged coverage.",
        "",
        *sampling_tables(rows),
    ]
    return "".join(
        f"{line if line.startswith('|') else textwrap.fill(line, 118, break_on_hyphens=False)}\n" for line in lines
    )


def sampling_tables(rows: pd.DataFrame) -> list[str]:
    """Format the comparison as tables: of all metrics together, and of each.

    Parameters
    ----------
    rows : DataFrame
        From `compare_sampling`.

    Returns
    -------
    list of str
        Lines of Markdown.
    """
    scaled = _in_interval_widths(rows.assign(all="all metrics, in units of the interval"))
    return [
        *_summary_table(summarise_sampling(scaled, by=("all",)), ("all",)),
        "",
        "By metric:",
        "",
        *_summary_table(summarise_sampling(rows, by=("key", "place")), ("key", "place")),
    ]


def _in_interval_widths(rows: pd.DataFrame) -> pd.DataFrame:
    """Express values of all metrics in half widths of the interval of every frame, so that they can be pooled."""
    half = (rows.high_every - rows.low_every) / 2
    pooled: pd.DataFrame = rows.loc[np.isfinite(half) & (half > 0)].copy()
    half = half[pooled.index]
    for name in ("every", "sampled"):
        for field in ("value", "low", "high"):
            pooled[f"{field}_{name}"] = (pooled[f"{field}_{name}"] - pooled.truth) / half
    return pooled.assign(truth=0.0)


def _summary_table(summary: pd.DataFrame, by: Sequence[str]) -> list[str]:
    head = ["error, every", "error, sampled", "ratio", "RMS ratio", "moved", "width, every", "width, sampled"]
    head += ["ratio", "coverage", "refused"]
    lines = ["| " + " | ".join([*("" for _ in by), "runs", *head]) + " |"]
    lines.append("|" + "---|" * len(by) + "---:|" * (len(head) + 1))
    for row in summary.to_dict("records"):
        name = [str(row[column]) for column in by]
        if "key" in by and row["key"] in METRIC_BY_KEY:
            name[0] = f"{row['key']} ({METRIC_BY_KEY[row['key']].unit})"
        cells = [
            *name,
            str(row["clips"]),
            f"{row['error_every']:.3g}",
            f"{row['error_sampled']:.3g}",
            _ratio_text(row, "error"),
            _ratio_text(row, "rms"),
            f"{row['moved']:.3f}",
            f"{row['width_every']:.3g}",
            f"{row['width_sampled']:.3g}",
            _ratio_text(row, "width"),
            f"{100 * row['coverage_every']:.0f} → {100 * row['coverage_sampled']:.0f} %",
            f"{row['refused_sampled']}, {row['refused_every']}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _ratio_text(row: Mapping[Hashable, Any], name: str) -> str:
    ratio, low, high = (row[f"{name}_ratio{end}"] for end in ("", "_low", "_high"))
    return f"{ratio:.3f} ({low:.2f} to {high:.2f})"


def planned_windows(pose: xr.Dataset) -> list[tuple[float, float]]:
    """Return the windows that an analysis asks for, given poses of every frame in place of the network.

    Parameters
    ----------
    pose : xarray.Dataset
        Poses of every frame.

    Returns
    -------
    list of (float, float)
        Start and end, s of playback.
    """
    times, rates = np.asarray(pose["time"].values, dtype=float), FrameRates.of(pose)
    keys = times[:: max(round(rates.playback_fps * KEY_FRAME_S), 1)]
    plan = plan_windows(times, keys, rates.real_per_playback)
    if plan.is_whole:
        return seen_windows(pose)
    seen: list[int] = []
    see_windows(
        plan,
        seen.extend,
        shows_runner=lambda _: True,
        more=lambda: times_needed(cut_windows(pose, plan.merged(seen))),
    )
    return plan.merged(seen)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, compare, and write the page and its rows.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the command line by default.
    """
    parser = argparse.ArgumentParser(prog="python -m gait.validation.sampling_comparison")
    parser.add_argument("-o", "--output", type=Path, default=Path("docs"), help="folder of sampling.md and .json")
    parser.add_argument("--mocap", type=Path, help="folder of force-plate recordings")
    parser.add_argument("--clips", type=Path, help="folder of a validation's clips with poses of every frame")
    parser.add_argument("--count", type=int, default=30, help="--clips of that validation run")
    parser.add_argument("--seed", type=int, default=18)
    parser.add_argument("--planned", type=int, default=12, help="planned runs of 40 s")
    parser.add_argument("--recorded", type=int, help="recorded runs; all by default")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", type=Path, help="folder for the rows of each run, so that a later call goes on")
    options = parser.parse_args(arguments)
    recordings = find_recordings(options.mocap)
    cases = _chosen_cases(options, recordings)
    inputs = ValidationInputs(recordings, options.clips or options.output, DEFAULT_ENGINE, DEFAULT_MODEL)
    rows = compare_sampling(
        cases, inputs, planned_windows, jobs=options.jobs, keep=options.keep, progress=_show_progress
    )
    given = sys.argv[1:] if arguments is None else list(arguments)
    command = " ".join(["python -m gait.validation.sampling_comparison", *given])
    options.output.mkdir(parents=True, exist_ok=True)
    with owned_write(options.output / "sampling.json") as temporary:
        records = json.loads(rows.round(6).to_json(orient="records"))
        temporary.write_text(
            json.dumps({"command": command, "rows": records}, separators=(",", ":")) + "\n", encoding="utf-8"
        )
    with owned_write(options.output / "sampling.md") as temporary:
        temporary.write_text(sampling_page(rows, command), encoding="utf-8")
    print(f"Written: {options.output / 'sampling.md'}")


def _chosen_cases(options: argparse.Namespace, recordings: dict[str, Recording]) -> list[ValidationCase]:
    from gait.validation.cases import thinned_groups

    if options.clips is None:
        cases = film_cases(recordings, seed=options.seed, planned=options.planned)
        recorded = [case for case in cases if case.recording is not None]
        planned = [case for case in cases if case.recording is None]
        step = 1 if options.recorded is None else max(len(recorded) // max(options.recorded, 1), 1)
        return [*recorded[::step][: options.recorded], *planned]
    cases = clip_cases("full", recordings, seed=options.seed, recorded_half=REPORTING_HALF)
    return [case for case in thinned_groups(cases, options.count) if _is_stored(options.clips, case)]


def _is_stored(folder: Path, case: ValidationCase) -> bool:
    return (folder / f"{case.name}.{DEFAULT_MODEL}.done").is_file()


def _show_progress(done: int, total: int | None) -> None:
    print(f"\r{done} of {total} runs", end="" if done != total else "\n", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
