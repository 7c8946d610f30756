"""What a worker does: the quick check of the framing, and the analysis, with first findings as early as possible."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gait.app.job_process import JobReport, JobTask, ReportFunction, log_fault

#: File of joints set by hand, in the folder of a report.
ADJUST_FILE = "adjust.json"
#: Headlines that a person sees before the report. [E]
_FIRST_HEADLINES = 3


def preload() -> None:
    """Import what a job needs, before the first one comes."""
    import gait.quality.video_check
    import gait.report.report_folder
    import gait.session  # noqa: F401


def run_task(task: JobTask, report: ReportFunction) -> dict[str, Any]:
    """Work on one job.

    Parameters
    ----------
    task : JobTask
        Options: ``athlete`` (name), ``height_m``, ``leg_length_m``, ``speed_mps``, ``view``, ``capture_fps``,
        ``start_s``, ``end_s``, ``units``, ``answers`` (as in ``answers.toml``), ``video`` (whether to write annotated
        videos), ``every_frame``.
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
    from gait.findings.answers import parse_answers
    from gait.report.report_folder import write_report
    from gait.report.report_json import report_dict
    from gait.session import analyze

    options, folder = task.options, Path(task.folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    adjust = folder / ADJUST_FILE
    answers = options.get("answers")
    report(JobReport("poses"))
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
        adjust=adjust if adjust.exists() else None,
        cache_dir=folder,
        units=options.get("units") or "metric",
        language=task.language,
        progress=lambda done, total: report(JobReport("poses", done, total)),
        same_run=True,  # nobody is there to be asked; the report carries the doubt as a notice
    )
    report(JobReport("report"))
    remeasured = task.kind == "remeasure"
    write_report(session, folder, video="keep" if remeasured else False)
    record = report_dict(session)
    headlines = [finding["headline"] for finding in (*record["findings"], *record["likely"])]
    result: dict[str, Any] = {
        "report_ready": True,
        "headlines": headlines[:_FIRST_HEADLINES],
        "findings": record["findings"],
    }
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
