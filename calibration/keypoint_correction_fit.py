"""``keypoint_correction.toml``: the steady errors of each keypoint, fixed in the image and in segments of the body.

The error of a keypoint is regressed on the true posture, not the true posture on the keypoints: the correction then
holds on average for every posture, and draws none towards the mean of those that were rendered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calibration.calibration_clips import at_event_rate, scaled_camera, usable_clip
from calibration.constants_writer import HEADER
from gait._typing import FloatArray
from gait.errors import RefusedError
from gait.geometry.camera import Camera, keypoint_xy, leg_view_of
from gait.geometry.keypoint_correction import (
    IMAGE,
    SEGMENTS,
    SEGMENTS_OF_JOINT,
    ComplexArray,
    runner_axes,
    unit_vectors_of,
)
from gait.pose.dataset import CALIBRATED_NETWORKS, Network
from gait.signal.cleaning import CleanedPose, clean_keypoints
from gait.signal.phase import wrap
from gait.synthetic.run_spec import SIDES
from gait.validation.cases import ValidationCase
from gait.validation.rendered_clips import RenderedClip

#: Weight of the frames in which a foot is on the belt or about to land; the swing gets the second. [E]
STANCE_WEIGHT, SWING_WEIGHT = 1.0, 0.2
#: Part of the stride before contact and after toe-off that counts as stance, strides. [E]
STANCE_MARGIN = 0.05
#: Penalty on the vectors, as a share of one clip's frames: it decides where segments hardly turn. [E]
PENALTY = 0.02
#: A clip whose error is left this many times larger than the median clip's was not tracked: it is left out. [E]
MAX_RESIDUAL_RATIO = 3.0


@dataclass(frozen=True)
class JointErrors:
    """Normal equations of one joint in one clip.

    Attributes
    ----------
    network : {"full", "heavy"}
    view : {"near", "far", "rear", "front"}
    joint : str
    gram : (P, P) complex array
        Of the directions in which errors may be fixed: the image and `SEGMENTS_OF_JOINT`.
    product : (P,) complex array
        Of directions and errors, shares of thigh plus shank.
    power : float
        Mean square error.
    """

    network: Network
    view: str
    joint: str
    gram: ComplexArray
    product: ComplexArray
    power: float

    def residual(self, vectors: ComplexArray) -> float:
        """Return the mean square error that vectors leave.

        Parameters
        ----------
        vectors : (P,) complex array

        Returns
        -------
        float
        """
        explained = 2 * np.real(np.conj(vectors) @ self.product) - np.real(np.conj(vectors) @ self.gram @ vectors)
        return float(self.power - explained)


def parts_of(joint: str, view: str) -> tuple[str, ...]:
    """Return the directions in which the error of a joint may be fixed.

    Parameters
    ----------
    joint : str
    view : {"near", "far", "rear", "front"}

    Returns
    -------
    tuple of str
        In rear and front views the image alone: segments there hardly turn in the image.
    """
    return (IMAGE, *(SEGMENTS_OF_JOINT[joint] if view in ("near", "far") else ()))


def clip_joint_errors(case: ValidationCase) -> list[JointErrors]:
    """Measure the errors of all joints of one clip, with both networks.

    Parameters
    ----------
    case : ValidationCase

    Returns
    -------
    list of JointErrors
        Empty for a clip that is not usable.
    """
    rows = []
    for network in CALIBRATED_NETWORKS:
        clip = usable_clip(case, network)
        if clip is not None:
            rows += joint_errors(at_event_rate(clip), network)
    return rows


def joint_errors(clip: RenderedClip, network: Network) -> list[JointErrors]:
    """Measure the errors of all joints of one clip.

    Parameters
    ----------
    clip : RenderedClip
        With the poses of the network.
    network : {"full", "heavy"}

    Returns
    -------
    list of JointErrors
        Empty where the view found is not the true one, or an analysis is refused.
    """
    exact_pose = clip.true_pose()
    try:
        camera, exact_camera = scaled_camera(clip, clip.pose), scaled_camera(clip, exact_pose)
        if camera is None or exact_camera is None:
            return []
        estimated = clean_keypoints(clip.pose, camera, corrected=False)
        exact = clean_keypoints(exact_pose, exact_camera)
    except RefusedError:
        return []
    rows = []
    for side in SIDES:
        view = leg_view_of(camera, side)
        found, true = _joints(estimated, camera, side), _joints(exact, exact_camera, side)
        known = {part for part, ends in SEGMENTS.items() if set(ends) <= set(true)} | {IMAGE}
        directions, weights = unit_vectors_of(true, known), _stance_weights(clip, exact, side)
        for joint in SEGMENTS_OF_JOINT:
            parts = parts_of(joint, view)
            if joint not in true or not set(parts) <= known:
                continue
            x = np.stack([directions[part] for part in parts], axis=1)
            error = (found[joint] - true[joint]) / exact_camera.leg_px
            if camera.view != "side" and side == "left":
                error = -error.conj()
            ok = np.isfinite(error) & np.isfinite(x).all(axis=1)
            if not ok.any():
                continue
            w = weights[ok] / weights[ok].sum()
            weighted = np.conj(x[ok]).T * w
            power = float(w @ np.abs(error[ok]) ** 2)
            rows.append(JointErrors(network, view, joint, weighted @ x[ok], weighted @ error[ok], power))
    return rows


def _joints(cleaned: CleanedPose, camera: Camera, side: str) -> dict[str, ComplexArray]:
    names = {str(name) for name in cleaned.pose.keypoint.values}
    return {
        joint: runner_axes(keypoint_xy(cleaned.pose, name), cleaned.pose, camera)
        for joint in SEGMENTS_OF_JOINT
        if (name := f"{side}_{joint}") in names
    }


def _stance_weights(clip: RenderedClip, exact: CleanedPose, side: str) -> FloatArray:
    events, phase = clip.events(), exact.phase
    contact, toe_off = (phase.mean_phase_at(events[side, kind]) for kind in ("contact", "toe_off"))
    after = (phase.phase - contact + STANCE_MARGIN) % 1.0
    lasts = float(wrap(toe_off - contact)) % 1.0 + 2 * STANCE_MARGIN
    return np.asarray(np.where(after < lasts, STANCE_WEIGHT, SWING_WEIGHT))


def fit_vectors(rows: Sequence[JointErrors]) -> tuple[ComplexArray, list[JointErrors]]:
    """Fit the error vectors of one joint over all its clips, each clip with the same weight.

    Parameters
    ----------
    rows : sequence of JointErrors
        Of one network, view and joint.

    Returns
    -------
    vectors : (P,) complex array
        Shares of thigh plus shank.
    used : list of JointErrors
        Without clips that were not tracked.
    """
    used = list(rows)
    for _ in range(2):
        gram = np.mean([row.gram for row in used], axis=0)
        # The vector fixed in the image carries the mean error and is not penalised.
        penalty = PENALTY * np.diag([0.0] + [1.0] * (len(gram) - 1))
        vectors = np.linalg.solve(gram + penalty, np.mean([row.product for row in used], axis=0))
        left = np.sqrt([max(row.residual(vectors), 0.0) for row in rows])
        used = [row for row, rms in zip(rows, left, strict=True) if rms <= MAX_RESIDUAL_RATIO * np.median(left)]
    return np.asarray(vectors), used


def keypoint_correction_lines(rows: Sequence[JointErrors]) -> list[str]:
    """Fit and format the error vectors of all joints.

    Parameters
    ----------
    rows : sequence of JointErrors
        Of all clips.

    Returns
    -------
    list of str
        Lines of ``keypoint_correction.toml``.
    """
    lines = [
        HEADER,
        "# Steady errors of the keypoints of each network, by view and joint, shares of thigh plus shank: keypoint",
        "# minus joint centre, a sum of vectors (gait.geometry.keypoint_correction). image: [forwards (side view), or",
        "# to the image's right for the right leg (rear, front); up]. Segments: [along the segment, from its upper or",
        "# rear end; a quarter turn counter-clockwise from it, with the runner facing right]. left_sd: what is left.",
    ]
    grouped: dict[tuple[Network, str, str], list[JointErrors]] = {}
    for row in rows:
        grouped.setdefault((row.network, row.view, row.joint), []).append(row)
    for (network, view, joint), of_joint in sorted(grouped.items()):
        vectors, used = fit_vectors(of_joint)
        left = np.sqrt(np.median([max(row.residual(vectors), 0.0) for row in used]))
        lines += [
            "",
            f"[{network}.{view}.{joint}]",
            f"clips = {len(used)}",
            f"left_sd = {left:.4f}",
            f"[{network}.{view}.{joint}.vectors]",
            *(
                f"{part} = [{vector.real:.4f}, {vector.imag:.4f}]"
                for part, vector in zip(parts_of(joint, view), vectors, strict=True)
            ),
        ]
    return lines
