"""The optional engine: its plumbing with a stand-in for rtmlib, and with rtmlib itself on made-up networks.

No weights of RTMPose are here: what it finds on a real runner is not tested.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

import gait
from gait.errors import InputError
from gait.pose.engines.engine_registry import ENGINES, make_engine, model_hash
from gait.pose.engines.rtmpose import RTMPose
from gait.pose.skeletons import SKELETONS

HALPE = SKELETONS["halpe26"]


class StandIn:
    """Finds a person whose k-th keypoint lies at (10 k, 5 k), and a second one with less confidence."""

    def __init__(self, **options: Any) -> None:
        self.options = options
        self.det_model: Any = self.detect
        self.pose_model: Any = self.poses

    def detect(self, image: np.ndarray) -> np.ndarray:
        assert image[0, 0].tolist()[2] > 100, "rtmlib takes BGR: the red corner is last"
        return np.array([[0, 0, 20, 40], [30, 0, 50, 40]])

    def poses(self, image: np.ndarray, bboxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        k = np.arange(26.0)
        body = np.stack([10 * k, 5 * k], axis=1)
        return np.stack([body + 500, body]), np.stack([np.full(26, 0.3), np.full(26, 1.02)])


@pytest.fixture
def rtmlib(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("rtmlib")
    module.BodyWithFeet = StandIn  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "rtmlib", module)
    monkeypatch.setattr("gait.pose.engines.rtmpose.metadata", SimpleNamespace(version=lambda _: "0.0.15"))
    return module


def test_keypoints_get_blazepose_names(rtmlib: ModuleType) -> None:
    image = np.zeros((48, 64, 3), np.uint8)
    image[0, 0] = (220, 30, 30)
    with RTMPose() as engine:
        people = engine(image)
    assert [round(float(p.confidence.mean()), 2) for p in people] == [1.0, 0.3], (
        "the more confident one first, never above 1"
    )
    heel = engine.keypoints.index("left_heel")
    assert people[0].position[heel].tolist() == [240, 120]
    assert people[0].world is None
    assert {"left_heel", "right_foot_index"} < set(engine.keypoints)
    assert "neck" not in engine.keypoints


def test_a_video_goes_through(rtmlib: ModuleType, clip: Path) -> None:
    pose = gait.estimate_pose(clip, engine="rtmpose")
    assert pose.sizes["time"] == 24
    assert pose.attrs["engine"] == "rtmpose"
    assert pose.attrs["model"] == "rtmpose-halpe26-balanced"
    assert "world" not in pose


def test_nobody(rtmlib: ModuleType) -> None:
    with RTMPose() as engine:
        engine._detector = lambda _: np.empty((0, 4))
        assert engine(np.zeros((48, 64, 3), np.uint8)) == ()


def test_the_hash_differs_between_models(rtmlib: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"a")
    (tmp_path / "b.onnx").write_bytes(b"b")
    hashes = {model_hash("rtmpose", m) for m in (None, tmp_path / "a.onnx", tmp_path / "b.onnx")}
    assert len(hashes) == 3


def test_without_rtmlib(monkeypatch: pytest.MonkeyPatch, clip: Path, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "rtmlib", None)
    assert "rtmpose" in ENGINES
    (tmp_path / "pose.onnx").write_bytes(b"")
    with pytest.raises(InputError, match=r"pip install 'gait\[rtmpose\]'"):
        make_engine("rtmpose", tmp_path / "pose.onnx").__enter__()
    with pytest.raises(InputError, match=r"pose2.onnx: the model cannot be read"):
        make_engine("rtmpose", tmp_path / "pose2.onnx")


def test_without_the_internet(rtmlib: ModuleType) -> None:
    def fetch(**_: Any) -> None:
        raise OSError("Name or service not known")

    rtmlib.BodyWithFeet = fetch  # type: ignore[attr-defined]
    with pytest.raises(InputError, match=r"cannot be loaded \(Name or service not known\).*give an .onnx file"):
        RTMPose().__enter__()


def test_rtmlib_itself_with_made_up_networks(tmp_path: Path) -> None:
    """A detector that finds one person in the left half, a network whose peaks lie at known places."""
    pytest.importorskip("rtmlib", reason="rtmlib is not installed: the engine ran with a stand-in only")
    onnx = pytest.importorskip("onnx", reason="onnx is not installed, made-up networks cannot be written")

    def network(path: Path, size: tuple[int, int], outputs: dict[str, np.ndarray]) -> None:
        h = onnx.helper
        nodes = [
            h.make_node("ReduceMax", ["input"], ["top"], keepdims=0),
            h.make_node("Constant", [], ["zero"], value=onnx.numpy_helper.from_array(np.float32(0))),
            h.make_node("Mul", ["top", "zero"], ["nothing"]),  # outputs must depend on the input
        ]
        for name, value in outputs.items():
            given = onnx.numpy_helper.from_array(value.astype(np.float32))
            nodes += [
                h.make_node("Constant", [], [f"{name}_given"], value=given),
                h.make_node("Add", [f"{name}_given", "nothing"], [name]),
            ]
        info = onnx.helper.make_tensor_value_info
        graph = h.make_graph(
            nodes,
            "made-up",
            [info("input", 1, [1, 3, *size])],
            [info(name, 1, list(value.shape)) for name, value in outputs.items()],
        )
        onnx.save(h.make_model(graph, opset_imports=[h.make_opsetid("", 17)], ir_version=8), path)

    x, y = np.zeros((1, 26, 2 * 96)), np.zeros((1, 26, 2 * 128))
    for k in range(26):
        x[0, k, 2 * (20 + 2 * k)], y[0, k, 2 * (10 + 4 * k)] = 0.8, 0.8
    network(tmp_path / "rtmpose-made-up.onnx", (128, 96), {"simcc_x": x, "simcc_y": y})
    network(tmp_path / "yolox_made_up.onnx", (64, 64), {"dets": np.array([[[0.0, 0, 30, 60, 0.9]]])})
    with RTMPose(tmp_path / "rtmpose-made-up.onnx") as engine:
        (person,) = engine(np.full((128, 128, 3), 90, np.uint8))
    # The box is (0, 0) to (60, 120) in the image, and is cropped with a quarter more around it.
    steps = np.diff(person.position, axis=0)
    assert person.confidence.tolist() == pytest.approx([0.8] * len(engine.keypoints), abs=1e-6)
    order = np.array([HALPE.index(name) for name in engine.keypoints])
    assert steps[:, 0] == pytest.approx(2 * np.diff(order) * 1.25 * 120 / 128, rel=0.02)
    assert steps[:, 1] == pytest.approx(4 * np.diff(order) * 1.25 * 120 / 128, rel=0.02)
