"""What a worker does: the quick check of the framing, and the analysis, with first findings as early as possible."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait.app.job_process import JobReport, JobTask, ReportFunction, log_fault
from gait.display_language import speak

if TYPE_CHECKING:
    from gait.records import Measurement

#: Headlines that a person sees before the report. [E]
_FIRST_HEADLINES = 3
#: Metrics whose values a person sees before everything is measured; none depends on the height. [E]
_EARLY_METRICS = ("cadence", "overstride", "trunk_lean", "contact_time")


def preload() -> None:
    """Import what a job needs, before the first one comes."""
    import gait.quality.video_check
    import gait.report.report_folder  # noqa: F401
    from gait.session import preload as preload_analysis

    preload_analysis()


def run_task(task: JobTask, report: ReportFunction) -> dict[str, Any]:
    """Work on one job.

    Parameters
    ----------
    task : JobTask
        Options: ``athlete`` (name), ``height_m``, ``leg_length_m``, ``speed_mps``, ``view``, ``capture_fps``,
        ``start_s``, ``end_s``, ``units``, ``answers`` (as in ``answers.toml``), ``video`` (whether to write annotated
        videos), ``every_frame``,
        ``runners`` (records of `gait.pose.tracking.chosen_runner.ChosenRunner`).
    report : callable

    Returns
    -------
    dict
        For the row of the job.
    """
    return check_task(task, report) if task.kind == "check" else analysis_task(task, report)


def check_task(task: JobTask, report: ReportFunction) -> dict[str, Any]:
    """Check in seconds what the clips can show.

    Parameters
    ----------
    task : JobTask
    report : callable

    Returns
    -------
    dict
        ``check`` (schema ``gait.check/1``), ``usable``, ``advice`` (lines), ``refusals`` (lines).
    """
    from gait.errors import RefusedError
    from gait.quality.video_check import check_video
    from gait.report.quality_summary import check_json, filming_advice

    checks, refused = [], []
    for number, clip in enumerate(task.clips):
        report(JobReport("check", number, len(task.clips)))
        path = Path(clip)
        try:
            check = check_video(
                path,
                capture_fps=task.options.get("capture_fps"),
                view=task.options.get("view") or "auto",
                height_m=task.options.get("height_m"),
            )
        except RefusedError as error:
            refused.append((path, str(error).replace(f"{clip}: ", "")))
            continue
        checks.append(check)
        if not check.usable:
            refused.append((path, check.refusal))
    document = json.loads(check_json(checks, [(Path(path.name), reason) for path, reason in refused]))
    advice = list(dict.fromkeys(line for check in checks for line in filming_advice(check)))
    return {
        "check": document,
        "usable": not refused,
        "advice": advice,
        "refusals": [reason for _path, reason in refused],
    }


def analysis_task(task: JobTask, report: ReportFunction) -> dict[str, Any]:
    """Measure the run and write its report: first the page, then the annotated videos.

    Parameters
    ----------
    task : JobTask
    report : callable

    Returns
    -------
    dict
        ``report_ready``, ``headlines`` (lines), ``findings`` (as in ``report.json``); ``video_problem`` where the
        annotated videos could not be written.
    """
    from functools import partial

    from gait.app.adjust_store import adjust_file_name
    from gait.background_work import in_background
    from gait.display_units import show_in
    from gait.findings.answers import parse_answers
    from gait.pose.tracking.chosen_runner import ChosenRunner, choose_runner
    from gait.report.page_preparation import prepare_page
    from gait.report.report_folder import write_report
    from gait.report.report_json import report_dict
    from gait.session import analyze

    options, folder = task.options, Path(task.folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if task.kind == "remeasure" and (result := _task_by_hand(task, report)) is not None:
        return result
    adjust = [path for path in (folder / adjust_file_name(n) for n in range(len(task.clips))) if path.exists()]
    answers = options.get("answers")
    report(JobReport("poses"))
    in_background(partial(prepare_page, task.language))
    early: dict[str, str] = {}
    last = JobReport("poses")

    def on_progress(done: int, total: int | None) -> None:
        nonlocal last
        last = JobReport("poses", done, total)
        report(last)

    def on_measured(measurements: Sequence[Measurement]) -> None:
        with show_in(options.get("units") or "metric"), speak(task.language):
            early.update(early_values(measurements))
        if early:
            report(replace(last, result={"early": list(early.values())}))

    with choose_runner(*(ChosenRunner(**runner) for runner in options.get("runners") or ())):
        session = analyze(
            [Path(clip) for clip in task.clips],
            height_m=options.get("height_m"),
            leg_length_m=options.get("leg_length_m"),
            speed_mps=options.get("speed_mps"),
            name=options.get("athlete"),
            view=options.get("view") or "auto",
            capture_fps=options.get("capture_fps"),
            start=options.get("start_s"),
            end=options.get("end_s"),
            answers=parse_answers(answers) if answers else None,
            adjust=adjust or None,
            cache_dir=folder,
            units=options.get("units") or "metric",
            language=task.language,
            progress=on_progress,
            on_measured=on_measured,
            same_run=True,  # nobody is there to be asked; the report carries the doubt as a notice
        )
    result = _result(report_dict(session))
    # The findings are there before their page is.
    report(JobReport("report", result={**result, "report_ready": False}))
    remeasured = task.kind == "remeasure"
    write_report(session, folder, video="keep" if remeasured else False)
    if options.get("video", True) and not remeasured:
        report(JobReport("videos", result=result))
        try:
            write_report(
                session, folder, video=True, progress=lambda done, total: report(JobReport("videos", done, total))
            )
        except Exception as error:  # the report is there: a fault in a drawing must not cost it
            result["video_problem"] = type(error).__name__
            log_fault(error)
    return result


def _task_by_hand(task: JobTask, report: ReportFunction) -> dict[str, Any] | None:
    """Make a report again from kept poses, where something was ever set by hand on the page *Adjust*."""
    from gait.app.adjust_store import read_adjust_states
    from gait.app.adjust_tasks import measure_with_corrections
    from gait.report.report_folder import write_report
    from gait.report.report_json import report_dict

    folder = Path(task.folder)
    states = read_adjust_states(folder)
    if not states.version:
        return None
    report(JobReport("report"))
    session = measure_with_corrections(folder, states.joints, states.events, task.options)
    write_report(session, folder, video="keep")
    return _result(report_dict(session))


def _result(record: dict[str, Any]) -> dict[str, Any]:
    headlines = [finding["headline"] for finding in (*record["findings"], *record["likely"])]
    return {"report_ready": True, "headlines": headlines[:_FIRST_HEADLINES], "findings": record["findings"]}


def early_values(measurements: Sequence[Measurement]) -> dict[str, str]:
    """Write what the first windows of a video give, for somebody who waits.

    Parameters
    ----------
    measurements : sequence of Measurement

    Returns
    -------
    dict
        Metric → its value with interval; the mean of both legs. Indicative values are left out.
    """
    from gait.display_language import _, labelled_text
    from gait.display_units import number_text
    from gait.findings.value_text import unit_text
    from gait.history.change_text import metric_display, metric_name

    found: dict[str, str] = {}
    for key in _EARLY_METRICS:
        values = [m for m in measurements if m.key == key and m.value is not None and m.grade in ("good", "fair")]
        intervals = [m.interval for m in values if m.interval is not None]
        if not values or len(intervals) < len(values):
            continue
        display = metric_display(key, values[0].unit)
        low, value, high = (
            number_text(sum(numbers) / len(values) * display.scale, display.decimals)
            for numbers in (
                [interval[0] for interval in intervals],
                [m.value or 0.0 for m in values],
                [interval[1] for interval in intervals],
            )
        )
        text = _("{value} ({low} to {high})").format(value=f"{value}{unit_text(display)}", low=low, high=high)
        found[key] = labelled_text(metric_name(key), text)
    return found
