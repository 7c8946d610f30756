"""References for the sample clip as people would make them: labels by hand, and a laboratory's C3D with force plate."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gait.labelling.label_file import FlatFoot, LabelFile, LabelledEvent, LabelledPoint, Labelling
from gait.synthetic import camera_of, events_of
from gait.synthetic.body_segments import JOINTS
from gait.validation.label_comparison import EYE_MINUS_FORCE_MS, KEYPOINT_OF_POINT
from tests.filmed_joints import motion_of
from tests.foreign_files import CAMERA, FPS, RUNNER, SECONDS, SEED, joints, times
from tests.sample_clips import SAMPLES

VIDEO = SAMPLES / "treadmill_side.mp4"
NEAR = "left"
FORCE_RATE, MARKER_RATE = 1000.0, 500.0


def true_times(side: str, kind: str) -> np.ndarray:
    """Events of the sample clip, s."""
    events = events_of(motion_of(RUNNER, SECONDS, SEED), SECONDS)
    return np.array([e.time_s for e in events if (e.side, e.kind) == (side, kind)])


def exact_labels(*, strides: int = 4, labellers: tuple[str, ...] = ("A", "B"), disagree_px: float = 0.0) -> LabelFile:
    """Labels without error, but for the B of a pair, who places the ankle farther forwards."""
    pixels = camera_of(CAMERA).project(joints())
    contacts, toe_offs = true_times(NEAR, "contact")[2:], true_times(NEAR, "toe_off")
    labellings = {}
    for number, name in enumerate(labellers):
        events, flat = [], []
        for contact in contacts[:strides]:
            toe_off = toe_offs[toe_offs > contact][0]
            frame = round(FPS * contact)
            points = {}
            for point, joint in KEYPOINT_OF_POINT.items():
                x, y = pixels[frame, JOINTS.index(f"{NEAR}_{joint}")]
                shift = disagree_px * number if point == "ankle" else 0.0  # the runner faces the left edge
                points[point] = LabelledPoint(float(x) - shift, float(y), 2.0)
            touch = contact + EYE_MINUS_FORCE_MS["initial_contact"] / 1e3
            left = toe_off + EYE_MINUS_FORCE_MS["toe_off"] / 1e3
            events.append(LabelledEvent("initial_contact", NEAR, FPS * touch, 0.3, frame, points))
            events.append(LabelledEvent("toe_off", NEAR, FPS * left, 0.3))
            if not flat:
                middle = round(FPS * (contact + 0.4 * (toe_off - contact)))
                heel, toe = (pixels[middle, JOINTS.index(f"{NEAR}_{j}")] for j in ("heel", "foot_index"))
                flat.append(FlatFoot(middle, *(LabelledPoint(float(x), float(y), 2.0) for x, y in (heel, toe))))
        labellings[name] = Labelling(tuple(events), tuple(flat))
    return LabelFile(VIDEO.stem, NEAR, labellings)


def write_c3d(path: Path, *, force: bool = True, events: bool = False, names: dict[str, str] | None = None) -> Path:
    """Write the joints of the sample clip as a laboratory would: millimetres, Z up, force plate under the belt."""
    import ezc3d

    at = np.arange(0, SECONDS - 0.01, 1 / MARKER_RATE)
    position = motion_of(RUNNER, SECONDS, SEED).joints(at)
    labels = [(names or {}).get(name, name) for name in JOINTS]
    file = ezc3d.c3d()
    file["parameters"]["POINT"]["RATE"]["value"] = [MARKER_RATE]
    file["parameters"]["POINT"]["LABELS"]["value"] = labels
    file["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    points = np.ones((4, len(labels), len(at)))
    # Forwards along the laboratory's Y, up along its Z.
    points[:3] = 1000 * np.stack([position[..., 2], position[..., 0], position[..., 1]]).transpose(0, 2, 1)
    file["data"]["points"] = points
    if force:
        _add_plate(file, len(at))
    else:
        file["parameters"]["ANALOG"]["RATE"]["value"] = [MARKER_RATE]
        file["data"]["analogs"] = np.zeros((1, 0, len(at)))
    if events:
        for side in ("left", "right"):
            for kind, label in (("contact", "Foot Strike"), ("toe_off", "Foot Off")):
                for t in true_times(side, kind):
                    file.add_event(time=[0.0, float(t)], context=side.title(), label=label, description="")
    file.write(str(path))
    return path


def vertical_force(at: np.ndarray) -> np.ndarray:
    """Force that crosses 50 N at the true events, N."""
    force = np.zeros(len(at))
    for side in ("left", "right"):
        for contact in true_times(side, "contact"):
            toe_off = true_times(side, "toe_off")
            toe_off = toe_off[toe_off > contact]
            if len(toe_off):
                share = (at - contact) / (toe_off[0] - contact)
                # Rises steeply through 50 N, and falls through it as steeply.
                force += np.clip(1400 * np.sin(np.pi * np.clip(share, -0.1, 1.1)) + 50, 0, None) * (
                    (share > -0.05) & (share < 1.05)
                )
    return force


def _add_plate(file, frames: int) -> None:
    samples = frames * round(FORCE_RATE / MARKER_RATE)
    force = vertical_force(np.arange(samples) / FORCE_RATE)
    analog = np.zeros((1, 6, samples))
    analog[0, 2] = -force  # the plate pushes up, the channel counts what pushes down
    labels = ["Fx1", "Fy1", "Fz1", "Mx1", "My1", "Mz1"]
    file["parameters"]["ANALOG"]["RATE"]["value"] = [FORCE_RATE]
    file.add_parameter("ANALOG", "LABELS", labels)
    file.add_parameter("ANALOG", "UNITS", ["N", "N", "N", "Nmm", "Nmm", "Nmm"])
    file.add_parameter("ANALOG", "SCALE", [1.0] * 6)
    file.add_parameter("ANALOG", "OFFSET", [0] * 6)
    file.add_parameter("ANALOG", "GEN_SCALE", [1.0])
    file["data"]["analogs"] = analog
    corners = np.array([[400.0, 900, 0], [-400, 900, 0], [-400, -900, 0], [400, -900, 0]]).T[:, :, None]
    plate = file["parameters"]["FORCE_PLATFORM"]
    for name, value in (
        ("USED", np.array([1])),
        ("TYPE", np.array([2])),
        ("CHANNEL", np.arange(1, 7).reshape(6, 1)),
        ("CORNERS", corners),
        ("ORIGIN", np.zeros((3, 1))),
        ("ZERO", np.array([0, 0])),
    ):
        plate[name]["value"] = value


__all__ = ["NEAR", "VIDEO", "exact_labels", "times", "true_times", "vertical_force", "write_c3d"]
