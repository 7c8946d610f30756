"""A tracker for live pictures without a network: a runner with a known cadence. The process of pictures imports it."""

from __future__ import annotations

import os
import signal
from typing import Any

import cv2
import numpy as np

from gait.pose.dataset import BLAZEPOSE_KEYPOINTS
from gait.pose.engines.pose_engine import PersonKeypoints

CADENCE = 166.0


class StubTracker:
    """Swings the legs by the time of the picture; a picture in plain blue ends the process as a crash would."""

    def __enter__(self) -> StubTracker:
        return self

    def __exit__(self, *rest: Any) -> None:
        pass

    def use_pause(self) -> None:
        pass

    def keypoints(self, picture: bytes, time_s: float) -> PersonKeypoints | None:
        image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
        if image is None:
            return None
        blue, green, _red = image.reshape(-1, 3).mean(axis=0)
        if blue > 200 and green < 50:
            os.kill(os.getpid(), signal.SIGSEGV)
        return PersonKeypoints(runner(time_s), np.full(33, 0.95), None)


def runner(time_s: float) -> np.ndarray:
    """Keypoints of somebody who faces right, 640 × 480 pixels."""
    turn = 2 * np.pi * CADENCE / 120 * time_s
    bounce = 5 * np.cos(2 * turn)
    points = dict.fromkeys(BLAZEPOSE_KEYPOINTS, (320.0, 100.0))
    points["nose"] = (335.0, 95.0)
    for side, phase in (("left", turn), ("right", turn + np.pi)):
        swing = np.cos(phase) + 0.15 * np.cos(3 * phase)
        lift = 25 * max(0.0, -np.sin(phase))  # while it swings forwards
        points[f"{side}_shoulder"] = (327.0, 140.0)
        points[f"{side}_elbow"] = (327.0 - 15 * swing, 180.0)
        points[f"{side}_wrist"] = (340.0 - 30 * swing, 195.0)
        points[f"{side}_hip"] = (320.0, 230.0)
        points[f"{side}_knee"] = (325.0 + 35 * swing, 300.0 - lift)
        ankle = np.array([318.0 + 60 * swing, 375.0 - 1.5 * lift])
        points[f"{side}_ankle"] = tuple(ankle)
        points[f"{side}_heel"] = (ankle[0] - 8, ankle[1] + 10)
        points[f"{side}_foot_index"] = (ankle[0] + 25, ankle[1] + 14)
    found = np.array([points[name] for name in BLAZEPOSE_KEYPOINTS])
    found[:, 1] += bounce
    return found
