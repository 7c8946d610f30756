"""An output that is removed takes its operations along; the others keep every bit."""

from __future__ import annotations

import contextlib
import sys
import time
import zipfile

import numpy as np
import pytest

from gait.pose.engines.blazepose import LANDMARK_SIDE, LANDMARKS
from gait.pose.engines.model_file import MEMBERS, load_model
from gait.pose.engines.network_pruning import without_output

MASK = (1, LANDMARK_SIDE, LANDMARK_SIDE, 1)


@pytest.fixture(scope="module")
def landmarker() -> bytes:
    with zipfile.ZipFile(load_model().path) as bundle:
        return bundle.read(MEMBERS[1])


def outputs(model: bytes, image: np.ndarray) -> dict[tuple[int, ...], np.ndarray]:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=model, num_threads=1)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], image)
    interpreter.invoke()
    return {
        tuple(int(n) for n in d["shape"]): interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()
    }


def test_the_other_outputs_keep_every_bit(landmarker, capfd):
    image = np.random.default_rng(0).random((1, LANDMARK_SIDE, LANDMARK_SIDE, 3)).astype(np.float32)
    whole, pruned = outputs(landmarker, image), outputs(without_output(landmarker, MASK), image)
    assert set(whole) - set(pruned) == {MASK}
    assert set(pruned) == set(LANDMARKS)
    for shape in LANDMARKS:
        np.testing.assert_array_equal(whole[shape], pruned[shape])


def test_a_model_without_such_an_output_is_unchanged(landmarker):
    assert without_output(landmarker, (1, 2, 3)) is landmarker


@pytest.mark.parametrize("length", [0, 4, 8, 100, 10_000])
def test_a_truncated_model_is_refused(landmarker, length):
    with pytest.raises(ValueError, match="not a TensorFlow Lite model"):
        without_output(landmarker[:length], MASK)


def test_damaged_offsets_are_refused_or_do_no_harm(landmarker):
    random = np.random.default_rng(0)
    for _ in range(60):
        damaged = bytearray(landmarker)
        place = int(random.integers(8, len(landmarker)))
        damaged[place : place + 4] = random.bytes(4)
        # The lists that are followed lie at the end of this file.
        end = int(random.integers(len(landmarker) - 60_000, len(landmarker) - 4))
        damaged[end : end + 4] = random.bytes(4)
        with contextlib.suppress(ValueError):
            without_output(bytes(damaged), MASK)


def test_it_takes_no_time_and_does_not_load_the_schema(landmarker):
    begin = time.process_time()
    without_output(landmarker, MASK)
    assert time.process_time() - begin < 0.1
    assert "ai_edge_litert.schema_py_generated" not in sys.modules


def test_bytes_that_are_no_model_are_refused():
    with pytest.raises(ValueError, match="not a TensorFlow Lite model"):
        without_output(b"no model" * 20, MASK)
