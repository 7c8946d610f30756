"""``keypoint_errors.toml``: how far the pose engine's keypoints lie from the joints of rendered runners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from calibration.calibration_clips import usable_clip
from calibration.constants_writer import HEADER, MAD_TO_SD, robust_sd
from gait.geometry.camera import measured_leg_px
from gait.pose.dataset import CALIBRATED_NETWORKS, Network
from gait.validation.cases import ValidationCase
from gait.validation.mocap import true_camera
from gait.validation.truth_comparison import keypoint_rows


@dataclass(frozen=True)
class LegLengthRatio:
    """How long thigh plus shank look on one clip.

    Attributes
    ----------
    network : {"full", "heavy"}
    view : str
    joints : float
        Length between the joints in the image, over that of a runner of average proportions.
    engine : float
        Length between the engine's keypoints, over the length between the joints.
    """

    network: Network
    view: str
    joints: float
    engine: float


def clip_keypoint_errors(case: ValidationCase) -> list[dict[str, Any]]:
    """Measure the keypoint errors of one clip, with both networks.

    Parameters
    ----------
    case : ValidationCase

    Returns
    -------
    list of dict
        As `gait.validation.truth_comparison.keypoint_rows`, with ``network``; empty for a clip that is not usable.
    """
    clips = {network: usable_clip(case, network) for network in CALIBRATED_NETWORKS}
    return [
        {"network": network, **row}
        for network, clip in clips.items()
        if clip is not None
        for row in keypoint_rows(clip)
    ]


def clip_leg_length(case: ValidationCase) -> list[LegLengthRatio]:
    """Measure how long the legs look on one clip.

    Parameters
    ----------
    case : ValidationCase

    Returns
    -------
    list of LegLengthRatio
        One a network; none for a clip that is not usable.
    """
    ratios = []
    for network in CALIBRATED_NETWORKS:
        clip = usable_clip(case, network)
        if clip is None:
            continue
        joints = measured_leg_px(clip.true_pose())
        exact = true_camera(clip.case.camera, clip.height_m)
        engine = measured_leg_px(clip.pose) / joints
        ratios.append(LegLengthRatio(network, case.camera.view, joints / exact.leg_px, engine))
    return ratios


def keypoint_error_lines(table: pd.DataFrame, engine: str) -> list[str]:
    """Format the keypoint errors: medians over clips by leg view and joint.

    Parameters
    ----------
    table : DataFrame
        Rows of `clip_keypoint_errors`, with a column ``clip``.
    engine : str

    Returns
    -------
    list of str
        Lines of ``keypoint_errors.toml``.
    """
    lines = [
        HEADER,
        f"# Keypoints of each network ({engine}) against the joints of {len(table['clip'].unique())} rendered runners,",
        "# in % of body height. bias: steady error. locked_sd: error that repeats with the stride (locked_own_sd: its",
        "# part that differs from runner to runner). random_sd: the rest, with the time constant memory_s.",
        "# x forwards (side view) or to the image's right, y up. near/far: leg of a side view; rear, front: those",
        "# views.",
    ]
    for network, leg_view in product(CALIBRATED_NETWORKS, ("near", "far", "rear", "front")):
        of_view = table[(table.network == network) & (table.place == leg_view)]
        for joint, rows in of_view.groupby("joint"):
            middle = rows.median(numeric_only=True)
            bias_sd = [robust_sd(rows[axis].to_numpy()) for axis in ("bias_x", "bias_y")]
            # Coefficients of cosines and sines, x and y: how each runner differs from what all share.
            waves = np.array(rows.locked.tolist())
            individual = np.median(np.abs(waves - np.median(waves, axis=0)), axis=0) * MAD_TO_SD
            individual_sd = np.sqrt((individual.reshape(-1, 2) ** 2).sum(axis=0) / 2)
            lines += [
                "",
                f"[{network}.landmark.{leg_view}.{joint}]",
                f"bias = [{middle.bias_x:.2f}, {middle.bias_y:.2f}]",
                f"bias_sd = [{bias_sd[0]:.2f}, {bias_sd[1]:.2f}]",
                f"locked_sd = [{middle.locked_x:.2f}, {middle.locked_y:.2f}]",
                f"locked_own_sd = [{individual_sd[0]:.2f}, {individual_sd[1]:.2f}]",
                f"random_sd = [{middle.random_x:.2f}, {middle.random_y:.2f}]",
                f"memory_s = {middle.memory_s:.3f}",
                f"clips = {len(rows)}",
            ]
    return lines


def leg_length_lines(ratios: Sequence[LegLengthRatio]) -> list[str]:
    """Format how long legs look: medians over clips by view.

    Parameters
    ----------
    ratios : sequence of LegLengthRatio

    Returns
    -------
    list of str
        Lines of ``keypoint_errors.toml``.
    """
    lines = [
        "",
        "# How long thigh plus shank look. joints: between the joints in the image, over that of a runner of average",
        "# proportions; engine: between keypoints over between joints. Medians; sd from runner to runner of both.",
    ]
    for network, view in product(CALIBRATED_NETWORKS, ("side", "rear", "front")):
        pairs = np.array([(r.joints, r.engine) for r in ratios if (r.network, r.view) == (network, view)])
        lines += [
            "",
            f"[{network}.apparent_leg.{view}]",
            f"joints = {np.median(pairs[:, 0]):.3f}",
            f"engine = {np.median(pairs[:, 1]):.3f}",
            f"sd = {np.std(pairs.prod(axis=1), ddof=1):.3f}",
            f"clips = {len(pairs)}",
        ]
    return lines
