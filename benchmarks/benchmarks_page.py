"""The page of the benchmarks, and the table of a quick run."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.engine_speed import contenders
from benchmarks.whole_runs import STRETCH_FRAMES

#: Goals of the whole analysis: times the loop on 40 s of 720p60 and on ten minutes, seconds for 10 s of film and for an
#: hour of 1080p60, and for a check. [E]
GOALS = {"times_loop_40_s": 5.0, "times_loop_600_s": 20.0, "film_10_s": 4.0, "film_hour_s": 300.0, "check_s": 3.0}
#: Goals of a batch: times faster than with every frame, and share of the cores' time that is used. [E]
BATCH_GOALS = {"every_frame": 4.0, "busy": 0.93}
#: Goals of the engine where it sees every frame: speed over that of the plain loop, and share of the bound. [E]
ENGINE_GOALS = {"plain_loop": 2.3, "bound": 0.8}
#: Limits: memory of an hour over that of a minute, and MB; report of half a minute from saved poses, s. [E]
LIMITS = {"growth": 1.2, "peak_mb": 600, "again_s": 2.0}
#: Length of the film whose report is made from saved poses, s.
AGAIN_S = 30.0
IMPORTS = "import gait.session, gait.report; gait.session.preload()"

#: Columns of the comparison that are NaN where nothing was measured.
_MEASURED = ("value", "low", "high")

Result = dict[str, Any]


def _film(row: Result) -> str:
    return f"{row['lines']}p, {row['fps']} fps"


def _length(seconds: float) -> str:
    return f"{seconds:g} s" if seconds < 120 else f"{seconds / 60:g} min"


def _number(value: float | None, style: str = ".1f") -> str:
    return "–" if value is None else f"{value:{style}}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def _whole_table(whole: Sequence[Result]) -> list[str]:
    head = ("film", "length", "loop, s", "`gait analyze`, s", "times the loop", "first result, s", "every frame, s")
    return _table(
        (*head, "frames seen", "CPU, s", "peak MB"),
        (
            (
                _film(row),
                _length(row["length_s"]),
                _number(row["loop_s"]) + ("*" if row["loop_scaled"] and row["loop_s"] else ""),
                _number(row["gait"]["seconds"]),
                f"**{row['times_loop']:.1f}**" if row["times_loop"] else "–",
                _number(row["gait"]["first_line_s"]),
                _number(row["every_frame"] and row["every_frame"]["seconds"]),
                f"{row['seen']} of {row['frames']}",
                _number(row["gait"]["cpu_s"]),
                _number(row["gait"]["peak_mb"], ".0f"),
            )
            for row in whole
        ),
    )


def _check_table(check: Sequence[Result]) -> list[str]:
    return _table(
        ("film", "length", "s", "CPU, s", "peak MB"),
        (
            (
                _film(row),
                _length(row["length_s"]),
                f"{row['seconds']:.1f}",
                f"{row['cpu_s']:.1f}",
                _number(row["peak_mb"], ".0f"),
            )
            for row in check
        ),
    )


def _annotated_table(annotated: Sequence[Result]) -> list[str]:
    return _table(
        ("film", "length", "video plays, s", "extra time, s", "frames/s", "report from saved poses, s", "peak MB"),
        (
            (
                _film(row),
                _length(row["length_s"]),
                f"{row['written_s']:.1f}",
                f"{row['extra_s']:.1f}",
                f"{row['written_fps']:.0f}",
                f"{row['again_s']:.1f}",
                _number(row["peak_mb"], ".0f"),
            )
            for row in annotated
        ),
    )


def quick_table(report: Result) -> str:
    """Format a quick run for the terminal.

    Parameters
    ----------
    report : dict
        From `benchmarks.bench.measure_quickly`.

    Returns
    -------
    str
    """
    parts = (
        ["", *_whole_table(report["whole"])],
        ["", "gait check", *_check_table(report["check"])],
        ["", "annotated video", *_annotated_table(report["annotated"])],
    )
    return "\n".join(line for part in parts for line in part)


def benchmarks_page(report: Result, figure: str) -> str:
    """Format the report as a page.

    Parameters
    ----------
    report : dict
        Content of ``benchmarks.json``.
    figure : str
        Address of the figure of cost against length.

    Returns
    -------
    str
        Markdown.
    """
    about = report["machine"]
    repeated = [row for row in report["whole"] if row["rounds"] > 1]
    films = ", ".join(f"{_length(row['length_s'])} of {_film(row)} ({row['rounds']} times)" for row in repeated)
    rounds = f" Commands ran more than once on {films}, and the fastest round counts." if repeated else ""
    other = report.get("other_code")
    lines = [
        "# Benchmarks",
        "",
        f"Made by `{report['command']}`. {about['processor']}, {about['cores']} cores; Python {about['python']}, "
        + ", ".join(f"{p} {about[p]}" for p in ("ai-edge-litert", "mediapipe", "av", "numpy"))
        + f". Every measurement ran in a fresh process; those that are compared took turns on each film.{rounds} The "
        "films show a rendered runner whose strides follow each other in ever new orders (`benchmarks/films.py`), with "
        "a key frame at every stride.",
        *([f"Measured with earlier code, and not again: {', '.join(other)}."] if other else []),
        "",
        *_whole_section(report, figure),
        *_sampling_section(report["sampling"]),
        *_batch_section(report["batch"], about["cores"]),
        *_engine_section(report),
        *_memory_section(report),
        "## Start-up",
        "",
        *_table(("", "s"), ((f"`{name}`", f"{s:.2f}") for name, s in report["start_up_s"].items())),
    ]
    return "".join(
        f"{line if line.startswith(('|', '!')) else textwrap.fill(line, 118, break_on_hyphens=False)}\n"
        for line in lines
    )


def _whole_section(report: Result, figure: str) -> list[str]:
    return [
        "## The whole analysis",
        "",
        "`gait analyze --no-video`, from the start of its process to its end, against the loop of MediaPipe's guide as "
        "a process: OpenCV reads the frames, `detect_for_video` finds the pose, and nothing is drawn or measured. "
        "*First result*: until the first line of the results is printed. *Every frame*: `--every-frame`. *Frames "
        "seen*: by the pose network. Times with * are not measured on the whole film: the loop does the same work for "
        f"every frame, so it ran over the first {STRETCH_FRAMES} frames, and their time is multiplied.",
        "",
        *_whole_table(report["whole"]),
        "",
        f"![Work against length of the film]({figure})",
        "",
        f"The goals are {GOALS['times_loop_40_s']:g} times the loop on 40 s of 720p, 60 fps and "
        f"{GOALS['times_loop_600_s']:g} times on ten minutes, {GOALS['film_10_s']:g} s for a film of 10 s, and "
        f"{GOALS['film_hour_s'] / 60:g} minutes for an hour of 1080p, 60 fps.",
        "",
        "### gait check",
        "",
        *_check_table(report["check"]),
        "",
        f"The goal is {GOALS['check_s']:g} s.",
        "",
        "### Annotated video",
        "",
        "*Extra time*: of `gait analyze` on saved poses, with annotated video and without it. *Frames/s*: frames of "
        "the annotated video, per second of extra time.",
        "",
        *_annotated_table(report["annotated"]),
        "",
        f"The report of {AGAIN_S:.0f} s of 1080p, 60 fps from saved poses takes {report['again_s']:.2f} s, "
        f"{report['again_s'] - report['start_up_s'][IMPORTS]:.2f} s without the start of Python and the imports. "
        f"The goal is {LIMITS['again_s']:g} s.",
        "",
    ]


def _sampling_section(sampling: Result) -> list[str]:
    import pandas as pd

    from gait.validation.sampling_comparison import COLUMNS_TEXT, sampling_tables
    from gait.validation.sampling_comparison import GOALS as LIMITS_OF_RATIOS

    rows = pd.DataFrame(sampling["rows"]).astype({f"{n}_{w}": float for n in _MEASURED for w in ("every", "sampled")})
    clips = rows.drop_duplicates("clip")
    sources = ", ".join(f"{count} × {source}" for source, count in clips.groupby("source").size().items())
    return [
        "## How exact the sampled frames are",
        "",
        f"`{sampling['command']}` measures {len(clips)} runs whose truth is known ({sources}) twice: from every frame, "
        f"and from the frames that an analysis looks at by default, {100 * clips.seen.mean():.0f} % of them on average "
        f"({100 * clips.seen.min():.0f} to {100 * clips.seen.max():.0f} %). {COLUMNS_TEXT}",
        "",
        *sampling_tables(rows),
        "",
        f"The goals are a ratio of at most {LIMITS_OF_RATIOS['error']} for the error and {LIMITS_OF_RATIOS['width']} "
        "for the width of each metric, and an unchanged coverage.",
        "",
    ]


def _batch_section(batch: Result, cores: int) -> list[str]:
    every = batch["every_frame"]
    names = {
        "batch": "`gait batch`, with its quick look at every clip",
        "unchecked": "`--no-check`",
        "cluster": "on a Dask cluster of this machine",
        "every_frame": "`--no-check --every-frame`",
    }

    def times(run: Result) -> str:
        if run is every:
            return "–"
        return f"{every['seconds'] / every['clips'] * run['clips'] / run['seconds']:.1f}"

    return [
        "## Batch",
        "",
        f"`gait batch --no-video` on clips of {batch['length_s']:g} s ({batch['kind']}), on {cores} cores. *Cores "
        "busy*: processor time over the time of all cores. *Peak MB*: of the largest process.",
        "",
        *_table(
            ("", "clips", "s", "s a clip", "CPU, s a clip", "times every frame", "cores busy", "peak MB"),
            (
                (
                    text,
                    str(batch[name]["clips"]),
                    f"{batch[name]['seconds']:.0f}",
                    f"{batch[name]['seconds'] / batch[name]['clips']:.1f}",
                    f"{batch[name]['cpu_s'] / batch[name]['clips']:.1f}",
                    times(batch[name]),
                    f"{100 * batch[name]['cpu_s'] / cores / batch[name]['seconds']:.0f} %",
                    _number(batch[name]["peak_mb"], ".0f"),
                )
                for name, text in names.items()
            ),
        ),
        "",
        f"The goals are {BATCH_GOALS['every_frame']:g} times the speed with every frame, and cores that are busy for "
        f"{100 * BATCH_GOALS['busy']:.0f} % of the time.",
        "",
    ]


def _engine_section(report: Result) -> list[str]:
    clips = list(report["speed"])
    ratios = report["ratios"]
    rows = {
        "times the MediaPipe VIDEO loop": [f"{ratios[clip]['plain_loop']:.2f}" for clip in clips],
        "share of the bound": [f"{100 * ratios[clip]['bound']:.0f} %" for clip in clips],
        "share of the bound without the mask": [f"{100 * ratios[clip]['bare']:.0f} %" for clip in clips],
    }
    total = sum(report["stages_ms"].values())
    return [
        "## Every frame",
        "",
        "Frames per second from the file to the poses where the pose network sees every frame, with films of 13 s. The "
        "time includes the start of the engine, decoding, pose estimation and person tracking. Imports do not count.",
        "",
        *_table(
            ("", *clips),
            ((name, *(f"{report['speed'][c][name]['fps']:.1f}" for c in clips)) for name, _ in contenders()),
        ),
        "",
        "*Bound*: only the landmark network of the bundle runs, on all cores, with one crop per frame. *Without the "
        "mask*: the same without the segmentation mask, which the engine `litert` does not compute.",
        "",
        *_table(("litert, best of its workers", *clips), ((name, *values) for name, values in rows.items())),
        "",
        f"The goal at 720p is {ENGINE_GOALS['plain_loop']} times the loop and {100 * ENGINE_GOALS['bound']:.0f} % of "
        "the bound.",
        "",
        f"One frame of {report['stages_of']} on one core:",
        "",
        *_table(
            ("stage", "ms", "share"),
            ((name, f"{ms:.2f}", f"{100 * ms / total:.1f} %") for name, ms in report["stages_ms"].items()),
        ),
        "",
    ]


def _memory_section(report: Result) -> list[str]:
    rows = [row for row in report["whole"] if (row["lines"], row["fps"]) == (1080, 60)]
    lines = [
        "## Memory",
        "",
        f"Peak resident memory of `gait analyze --no-video`, 1080p, 60 fps. The limits are {LIMITS['growth']} times "
        f"from a minute to an hour, and {LIMITS['peak_mb']} MB.",
        "",
        *_table(
            ("length", "frames", "frames seen", "peak MB"),
            (
                (_length(row["length_s"]), str(row["frames"]), str(row["seen"]), _number(row["gait"]["peak_mb"], ".0f"))
                for row in rows
            ),
        ),
        "",
    ]
    if report["memory_without_network"]:
        lines += [
            "The same with simulated poses in every frame (960 × 720, 60 frames/s): everything after the pose network.",
            "",
            *_table(
                ("minutes", "frames", "frames/s", "peak MB"),
                (
                    (f"{r['minutes']:g}", str(r["frames"]), f"{r['fps']:.0f}", _number(r["peak_mb"], ".0f"))
                    for r in report["memory_without_network"]
                ),
            ),
            "",
        ]
    return lines
