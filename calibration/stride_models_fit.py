"""``stride_model.npz`` and ``.toml``: the stride model in use and those that leave one runner out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from calibration.calibration_clips import at_event_rate, scaled_camera, usable_clip
from calibration.constants_writer import HEADER
from calibration.landing_fit import JointLanding, ShoeLanding, fit_landing, joint_landings, shoe_landings
from calibration.stride_fit import (
    FORCE_LEAD_S,
    LegPair,
    LegStride,
    event_errors,
    fit_stride_model,
    leg_strides,
    robust_rms,
)
from gait.atomic_files import atomic_write
from gait.errors import RefusedError
from gait.events import stride_model
from gait.events.stride_model import (
    LEG_VIEWS,
    EventKey,
    StrideModel,
    are_legs_tracked,
    to_arrays,
)
from gait.geometry.camera import LegView
from gait.pose.dataset import CALIBRATED_NETWORKS, UNMEASURED_NETWORK, Network
from gait.signal.cleaning import clean_keypoints
from gait.signal.mean_stride import mean_strides
from gait.validation.cases import ValidationCase
from gait.validation.evaluation import held_out_model, joint_clip
from gait.validation.process_pool import worker_inputs

#: Name → model.
StrideModels = dict[str, StrideModel]


def exact_legs(case: ValidationCase) -> list[LegStride]:
    """Compute the mean strides of the exact joints of a recorded run.

    Parameters
    ----------
    case : ValidationCase
        One of `gait.validation.cases.joint_cases`.

    Returns
    -------
    list of LegStride
        Empty where the view found is not the true one.
    """
    clip = at_event_rate(joint_clip(case, worker_inputs().recordings, stride_locked=False))
    pose = clip.true_pose()
    camera = scaled_camera(clip, pose)
    return leg_strides(clip, clean_keypoints(pose, camera), camera) if camera else []


def leg_pairs(case: ValidationCase) -> list[LegPair]:
    """Compute the mean strides of a rendered clip by the engine's keypoints and by the exact joints.

    Parameters
    ----------
    case : ValidationCase

    Returns
    -------
    list of LegPair
        With both networks; empty where the clip is not usable or an analysis of it is refused.
    """
    return [pair for network in CALIBRATED_NETWORKS for pair in _pairs_of_network(case, network)]


def _pairs_of_network(case: ValidationCase, network: Network) -> list[LegPair]:
    clip = usable_clip(case, network)
    if clip is None:
        return []
    clip = at_event_rate(clip)
    exact_pose = clip.true_pose()
    try:
        camera, exact_camera = scaled_camera(clip, clip.pose), scaled_camera(clip, exact_pose)
        if camera is None or exact_camera is None:
            return []
        cleaned = clean_keypoints(clip.pose, camera)
        if not are_legs_tracked(mean_strides(cleaned, camera), camera.view):
            return []
        estimated = leg_strides(clip, cleaned, camera)
    except RefusedError:
        return []
    exact = leg_strides(clip, clean_keypoints(exact_pose, exact_camera), exact_camera)
    return [LegPair(network, *pair) for pair in zip(estimated, exact, strict=True)]


def case_joint_landings(case: ValidationCase) -> list[JointLanding]:
    """Describe the landings of the exact joints of a recorded run, from the side.

    Parameters
    ----------
    case : ValidationCase
        One of `gait.validation.cases.joint_cases`.

    Returns
    -------
    list of JointLanding
    """
    return joint_landings(at_event_rate(joint_clip(case, worker_inputs().recordings, stride_locked=False)))


def case_shoe_landings(case: ValidationCase) -> list[ShoeLanding]:
    """Describe the landings of the tracked shoes of a rendered clip, seen from the side.

    Parameters
    ----------
    case : ValidationCase

    Returns
    -------
    list of ShoeLanding
        Empty for other views and for a clip that is not usable.
    """
    clip = usable_clip(case, "heavy")
    if clip is None or case.camera.view != "side":
        return []
    clip = at_event_rate(clip)
    with stride_model.use_stride_model(held_out_model(case)):
        return shoe_landings(clip, clip.with_tracked_shoes())


def fit_stride_models(legs: Sequence[LegStride], pairs: Sequence[LegPair]) -> StrideModels:
    """Fit a model to everybody, and one without each runner.

    Parameters
    ----------
    legs : sequence of LegStride
        Joints of recorded runners.
    pairs : sequence of LegPair
        Legs of rendered clips.

    Returns
    -------
    dict
        ``all``, and ``without_<runner>`` for each recorded runner.
    """

    def fitted(runner: str | None) -> StrideModel:
        return fit_stride_model(
            [leg for leg in legs if leg.runner != runner],
            [pair for pair in pairs if runner is None or pair.estimated.runner != runner],
        )

    runners = sorted({leg.runner for leg in legs})
    return {"all": fitted(None)} | {f"without_{runner}": fitted(runner) for runner in runners}


def held_out_errors(models: StrideModels, pairs: Sequence[LegPair]) -> dict[EventKey, list[float]]:
    """Measure the errors of events in clips of bodies, and with motions of runners, that a model was not fitted to.

    Parameters
    ----------
    models : dict
        As `fit_stride_models` gives them, without the bodies of ``pairs``.
    pairs : sequence of LegPair

    Returns
    -------
    dict
        As `calibration.stride_fit.event_errors`, of recorded motion only.
    """
    errors: dict[EventKey, list[float]] = {}
    for pair in pairs:
        leg = pair.estimated
        if leg.runner:
            for key, values in event_errors(models[f"without_{leg.runner}"], [leg]).items():
                errors.setdefault(key, []).extend(values)
    return errors


def add_landings(
    models: Mapping[str, StrideModel], joints: Sequence[JointLanding], shoes: Sequence[ShoeLanding]
) -> StrideModels:
    """Add to every model what landings show, leaving out the runner that its name says.

    Parameters
    ----------
    models : mapping
        Name → model.
    joints : sequence of JointLanding
    shoes : sequence of ShoeLanding

    Returns
    -------
    dict
        Name → model.
    """
    complete = {}
    for name, model in models.items():
        runner = name.partition("without_")[2] or None
        complete[name] = replace(
            model,
            landing=fit_landing(
                [landing for landing in joints if landing.runner != runner],
                [landing for landing in shoes if runner is None or landing.runner != runner],
            ),
        )
    return complete


def landing_sd(landings: pd.DataFrame) -> dict[LegView, float]:
    """Compute the spread of contacts found with the shoe, on recorded motion.

    Parameters
    ----------
    landings : DataFrame
        Rows of `calibration.foot_strike_fit.clip_landings`.

    Returns
    -------
    dict
        Leg view → s.
    """
    by_view = landings[landings.recorded].groupby("place").error_s
    errors: dict[EventKey, list[float]] = {
        (UNMEASURED_NETWORK, leg_view, "contact"): (by_view.get_group(leg_view) - FORCE_LEAD_S).tolist()
        for leg_view in LEG_VIEWS
        if leg_view in by_view.groups
    }
    return {leg_view: sd for (_, leg_view, _), sd in robust_rms(errors).items()}


def save_models(path: Path, models: Mapping[str, StrideModel]) -> None:
    """Save models by name.

    Parameters
    ----------
    path : Path
        ``.npz`` file; its folder must exist.
    models : mapping
        Name → model.
    """
    with atomic_write(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **to_arrays(models))


def stride_model_lines(
    model: StrideModel, legs: Sequence[LegStride], pairs: Sequence[LegPair], engine: str
) -> list[str]:
    """Format what a model was fitted to and how large its errors are.

    Parameters
    ----------
    model : StrideModel
    legs : sequence of LegStride
    pairs : sequence of LegPair
    engine : str

    Returns
    -------
    list of str
        Lines of ``stride_model.toml``.
    """
    runners = sorted({leg.runner for leg in legs})
    clip_count = len({pair.estimated.clip for pair in pairs})
    lines = [
        HEADER,
        f"# Joints of {len(runners)} force-plate runners of Fukuchi et al. 2017 (PeerJ 5:e3298), 2.5-4.5 m/s:",
        f"# {', '.join(runners)}.",
        "# Contact: 50 N rising, toe-off 50 N falling.",
        f"# Keypoint errors of {engine} (BlazePose full and heavy) on {clip_count} rendered clips.",
        "# error_ms: root mean square on rendered clips that move as runners that the model was not fitted to.",
    ]
    for (network, leg_view, kind), sd in model.sd_s.items():
        leg_count = sum(1 for pair in pairs if (pair.network, pair.estimated.leg_view) == (network, leg_view))
        lines += ["", f"[{network}.{leg_view}.{kind}]", f"error_ms = {1e3 * sd:.1f}", f"legs = {leg_count}"]
        if kind == "contact" and leg_view in model.landing_sd_s:
            lines.append(f"with_shoe_error_ms = {1e3 * model.landing_sd_s[leg_view]:.1f}")
    return lines
