"""How much of the method error recurs when the same runner is filmed again.

    python -m calibration.repeatability [--clips DIR] [-o FILE]

Takes about ten minutes on two cores. Every rendered runner is filmed from the side several times with the same form,
each time by another camera, in other clothes, in another room. The part of the error's variance (value minus truth)
that all films of a runner share cancels out of a change between two sessions (`gait.history.change`). The figures of
that module come from this table.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from gait.analysis.view_analysis import analyze_pose
from gait.atomic_files import atomic_write
from gait.errors import GaitError
from gait.pose.engines.engine_registry import DEFAULT_ENGINE
from gait.pose.engines.model_file import DEFAULT_MODEL
from gait.records import Runner
from gait.synthetic.random_specs import random_body, random_scene
from gait.validation.cases import (
    CAMERA_FACTORS,
    FORM_FACTORS,
    ValidationCase,
    draw_camera,
    draw_runner,
    latin_hypercube_draws,
)
from gait.validation.process_pool import ValidationInputs
from gait.validation.rendered_clips import RenderedClip, load_clip, make_clips
from gait.validation.truth_comparison import measurement_rows

COMMAND = "python -m calibration.repeatability"
RUNNERS, FILMS = 7, 3
_SEED = 90_000
#: A share needs at least this many runners. [E]
MIN_RUNNERS = 4


def repeat_cases() -> list[ValidationCase]:
    """Choose the films: every runner `FILMS` times.

    Returns
    -------
    list of ValidationCase
    """
    rng = np.random.default_rng([7, 77])
    forms = latin_hypercube_draws(RUNNERS, FORM_FACTORS, rng)
    cameras = latin_hypercube_draws(RUNNERS * FILMS, CAMERA_FACTORS, rng)
    cases = []
    for film in range(FILMS):
        for number in range(RUNNERS):
            runner = draw_runner(forms[number], random_body(np.random.default_rng([11, 900 + number])))
            camera, factors = draw_camera(cameras[number * FILMS + film], "side", 30.0, _SEED)
            camera = replace(camera, facing="right", blur_subframes=1, shutter=0.0)
            scene = random_scene(np.random.default_rng([13, _SEED + 100 * number + film]))
            name = f"rho_{number}_{film}"
            cases.append(ValidationCase(name, runner, camera, scene, 5.0, _SEED + number, factors=factors))
    return cases


def repeat_errors(cases: Sequence[ValidationCase], clip_folder: Path) -> pd.DataFrame:
    """Measure the films.

    Parameters
    ----------
    cases : sequence of ValidationCase
    clip_folder : Path
        Holds their clips.

    Returns
    -------
    DataFrame
        ``body`` (number of the runner), ``key``, ``place`` (``near`` or ``far`` leg), ``error`` (in the metric's unit).
    """
    rows = []
    for case in cases:
        clip = load_clip(clip_folder, case, DEFAULT_MODEL)
        if not isinstance(clip, RenderedClip):
            continue
        runner = Runner(None, case.runner.height_m, None, case.runner.speed_mps)
        try:
            view = analyze_pose(clip.pose, runner=runner, view="side", corrected=False)
        except GaitError:
            continue
        body = case.name.split("_")[1]
        rows += [
            {"body": body, "key": r["key"], "place": r["place"], "error": r["value"] - r["truth"]}
            for r in measurement_rows(clip, view)
        ]
    return pd.DataFrame(rows).dropna()


def runner_shares(table: pd.DataFrame) -> pd.DataFrame:
    """Split the variance of errors into what films of one runner share and what they do not (one-way analysis).

    Parameters
    ----------
    table : DataFrame
        ``body, key, place, error``.

    Returns
    -------
    DataFrame
        ``key, place, bodies, films, sd_film`` (from film to film), ``sd_body`` (from runner to runner; 0 where the
        estimated variance is negative), ``share`` (of the variance of one film that is the runner's; may be negative).
    """
    rows = []
    for (key, place), group in table.groupby(["key", "place"]):
        films_of_body = group.groupby("body")["error"].transform("count")
        repeated = group[films_of_body >= 2]
        by_body = repeated.groupby("body")["error"]
        count = by_body.count().to_numpy(dtype=float)
        bodies, films = len(count), count.sum()
        if bodies < MIN_RUNNERS:
            continue
        within = float(((repeated["error"] - by_body.transform("mean")) ** 2).sum()) / (films - bodies)
        means = by_body.mean().to_numpy(dtype=float)
        between = float((count * (means - repeated["error"].mean()) ** 2).sum()) / (bodies - 1)
        typical_count = (films - (count**2).sum() / films) / (bodies - 1)
        body = (between - within) / typical_count
        rows.append(
            {
                "key": key,
                "place": place,
                "bodies": bodies,
                "films": int(films),
                "sd_film": within**0.5,
                "sd_body": max(body, 0.0) ** 0.5,
                "share": body / (body + within),
            }
        )
    return pd.DataFrame(rows)


def summary(shares: pd.DataFrame) -> str:
    """Format the shares as text: the table and its quartiles by leg.

    Parameters
    ----------
    shares : DataFrame
        As `runner_shares` returns.

    Returns
    -------
    str
    """
    lines = [shares.round(3).to_string(index=False)]
    for name in ("near", "far", "all"):
        rows = shares if name == "all" else shares[shares["place"] == name]
        low, middle, high = np.percentile(rows["share"], [25, 50, 75])
        lines.append(f"share of the runner, {name}: median {middle:.2f}, quartiles {low:.2f} to {high:.2f}")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, film, measure and print.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process by default.
    """
    parser = argparse.ArgumentParser(prog=COMMAND, description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clips", type=Path, default=Path("build/validation"), help="folder that keeps rendered clips")
    parser.add_argument("-o", "--output", type=Path, help="text file; printed by default")
    options = parser.parse_args(arguments)
    cases = repeat_cases()
    make_clips(cases, ValidationInputs({}, options.clips, DEFAULT_ENGINE, every_frame=True))
    text = summary(runner_shares(repeat_errors(cases, options.clips)))
    if options.output is None:
        sys.stdout.write(text)
        return
    with atomic_write(options.output) as temporary:
        temporary.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
