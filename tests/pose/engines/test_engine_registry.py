"""The engines that there are: made by name, identified by the hash of their model."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gait.errors import InputError
from gait.pose.engines.engine_registry import DEFAULT_ENGINE, ENGINES, make_engine, model_hash, runs_mixed
from gait.pose.engines.model_file import load_model


def test_the_default_engine_is_registered():
    assert DEFAULT_ENGINE in ENGINES


@pytest.mark.parametrize("name", ["litert", "mediapipe"])
def test_an_engine_carries_its_own_name_and_the_hash_of_its_model(name):
    engine = make_engine(name)
    assert engine.name == name
    assert engine.model_sha256 == model_hash(name) == load_model().sha256
    assert engine.keypoint_family == "blazepose"
    assert len(engine.keypoints) == 33


@pytest.mark.parametrize("call", [make_engine, model_hash])
def test_an_unknown_engine_is_refused_with_the_names_of_engines(call):
    with pytest.raises(InputError, match="'openpose' is unknown; choose from: litert, mediapipe, rtmpose") as caught:
        call("openpose")
    assert caught.value.code == "engine_unknown"


def test_the_names_of_engines_cost_no_import_of_video_or_runtime():
    program = """
import sys
from gait.pose.engines.engine_registry import ENGINES
assert not {"av", "cv2", "numpy", "mediapipe", "ai_edge_litert"} & set(sys.modules), sorted(sys.modules)
"""
    root = Path(__file__).resolve().parents[3]
    subprocess.run([sys.executable, "-c", program], check=True, cwd=root, timeout=60)


def test_the_mixed_model_runs_two_networks_and_has_a_hash_of_its_own():
    hashes = {name: model_hash("litert", name) for name in ("full", "heavy", "mixed")}
    assert len(set(hashes.values())) == 3
    assert runs_mixed("litert", "mixed")
    assert runs_mixed("mediapipe", "mixed")
    assert not runs_mixed("litert", "heavy")
    assert not runs_mixed("rtmpose", "mixed")  # there it is a file's name
    assert make_engine("litert", "mixed").model == "pose_landmarker_full"  # what runs in every frame
