"""Leaving out the part of a network whose output is not used."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def without_output(model: bytes, shape: Sequence[int]) -> bytes:
    """Remove an output from a network, and every operation that only this output needs.

    Parameters
    ----------
    model : bytes
        A TensorFlow Lite model.
    shape : sequence of int
        Shape of the output to remove.

    Returns
    -------
    bytes
        The model; unchanged when it has no such output. The other outputs keep their order and every bit, because the
        operations that make them are untouched.

    Raises
    ------
    ValueError
        When this is not a TensorFlow Lite model.

    Notes
    -----
    The runtime computes all outputs, used or not. Of BlazePose's landmark network the segmentation mask, which grows
    to the input's full size, takes 40 % of the time.
    """
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    try:
        network = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(model, 0))
        graph = network.subgraphs[0]
        kept = [tensor for tensor in graph.outputs if tuple(graph.tensors[tensor].shape) != tuple(shape)]
    except Exception:  # damaged offsets raise many kinds of error
        raise ValueError("it is not a TensorFlow Lite model") from None
    if len(network.subgraphs) != 1 or len(kept) == len(graph.outputs):
        return model
    needed = {int(tensor) for tensor in kept}
    operations = []
    for operation in reversed(graph.operators):
        if not needed.isdisjoint(int(tensor) for tensor in operation.outputs):
            operations.append(operation)
            needed.update(int(tensor) for tensor in operation.inputs)
    graph.operators, graph.outputs = operations[::-1], np.array(kept, dtype=np.int32)
    builder = flatbuffers.Builder(len(model))
    builder.Finish(network.Pack(builder), b"TFL3")
    return bytes(builder.Output())
