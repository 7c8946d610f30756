"""How much of the method's own error the same runner has again when filmed another time.

Run it with ``python -m calibration.repeatability [FOLDER]`` (about ten minutes on two cores). Every drawn runner is filmed
from the side several times with the same form, each time by another camera, in other clothes, in another room. Of the
error's variance (value minus truth), what all films of a runner share is the part that drops out of a change between
two sessions (`gait.history.change`).
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from gait.analysis.view_analysis import analyze_pose
from gait.errors import GaitError
from gait.pose.engines.engine import DEFAULT_ENGINE
from gait.records import Runner
from gait.synthetic import presets
from gait.validation.cases import _CAMERA, _FORM, Case, camera_from, even_draws, runner_from
from gait.validation.process_pool import ValidationInputs
from gait.validation.rendered_clips import load_clip, make_clips
from gait.validation.truth_comparison import measurement_rows

BODIES, FILMS = 7, 3
_SEED = 90_000
#: Runners without whom a share says nothing.
_LEAST = 4


def cases() -> list[Case]:
    """Lay out the films: every runner `FILMS` times."""
    rng = np.random.default_rng([7, 77])
    forms = even_draws(BODIES, _FORM, rng)
    cameras = even_draws(BODIES * FILMS, _CAMERA, rng)
    laid = []
    for film in range(FILMS):
        for body in range(BODIES):
            runner = runner_from(forms[body], presets.random_body(np.random.default_rng([11, 900 + body])))
            camera, factors = camera_from(cameras[body * FILMS + film], "side", 30.0, _SEED)
            camera = replace(camera, facing="right", blur_subframes=1, shutter=0.0)
            scene = presets.random_scene(np.random.default_rng([13, _SEED + 100 * body + film]))
            laid.append(Case(f"rho_{body}_{film}", runner, camera, scene, 5.0, _SEED + body, factors=factors))
    return laid


def errors(laid: list[Case], folder: Path) -> pd.DataFrame:
    """Measure the films: ``body, key, place`` (near or far leg), ``error`` (in the metric's unit)."""
    rows = []
    for case in laid:
        clip = load_clip(folder, case)
        if isinstance(clip, tuple):
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


def shares(table: pd.DataFrame) -> pd.DataFrame:
    """Split the variance of errors into what films of one runner share and what they do not (one-way analysis).

    Parameters
    ----------
    table : pandas.DataFrame
        ``body, key, place, error``.

    Returns
    -------
    pandas.DataFrame
        ``key, place, bodies, films, sd_film`` (from film to film), ``sd_body`` (from runner to runner; 0 where less
        than none is estimated), ``share`` (of the variance, of one film, that is the runner's: may come out below 0).
    """
    made = []
    for (key, place), group in table.groupby(["key", "place"]):
        counted = group.groupby("body")["error"].transform("count")
        own = group[counted >= 2]
        by_body = own.groupby("body")["error"]
        count = by_body.count().to_numpy(dtype=float)
        bodies, films = len(count), count.sum()
        if bodies < _LEAST:
            continue
        within = float(((own["error"] - by_body.transform("mean")) ** 2).sum()) / (films - bodies)
        means = by_body.mean().to_numpy(dtype=float)
        between = float((count * (means - own["error"].mean()) ** 2).sum()) / (bodies - 1)
        typical = (films - (count**2).sum() / films) / (bodies - 1)
        body = (between - within) / typical
        made.append(
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
    return pd.DataFrame(made)


def main() -> None:
    """Film, measure and print."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/validation")
    laid = cases()
    make_clips(laid, ValidationInputs({}, folder, DEFAULT_ENGINE))
    found = shares(errors(laid, folder))
    sys.stdout.write(f"{found.round(3).to_string(index=False)}\n")
    for name, part in (
        ("near", found[found["place"] == "near"]),
        ("far", found[found["place"] == "far"]),
        ("all", found),
    ):
        low, middle, high = np.percentile(part["share"], [25, 50, 75])
        sys.stdout.write(f"share of the runner, {name}: median {middle:.2f}, quartiles {low:.2f} to {high:.2f}\n")


if __name__ == "__main__":
    main()
