"""Leaving out the part of a network whose output is not used."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

#: Numbers of fields in the tables of a TensorFlow Lite model (``schema.fbs`` of LiteRT).
_MODEL_SUBGRAPHS = 2
_GRAPH_TENSORS, _GRAPH_OUTPUTS, _GRAPH_OPERATORS = 0, 2, 3
_OPERATOR_INPUTS, _OPERATOR_OUTPUTS = 1, 2
_TENSOR_SHAPE = 0


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

    The lists of outputs and operations are shortened in place, and nothing else moves: parsing and writing the whole
    file would take half a second.
    """
    try:
        if model[4:8] != b"TFL3":
            raise ValueError
        file = _Flatbuffer(model)
        subgraphs = file.items(file.vector(file.root(), _MODEL_SUBGRAPHS))
        if len(subgraphs) != 1:
            return model
        graph = subgraphs[0]
        tensors = file.items(file.vector(graph, _GRAPH_TENSORS))
        output_list, operator_list = file.vector(graph, _GRAPH_OUTPUTS), file.vector(graph, _GRAPH_OPERATORS)
        outputs = file.numbers(output_list)
        kept = [tensor for tensor in outputs if file.numbers(file.vector(tensors[tensor], _TENSOR_SHAPE)) != [*shape]]
        if len(kept) == len(outputs):
            return model
        needed = set(kept)
        operators = []
        for operator in reversed(file.items(operator_list)):
            if not needed.isdisjoint(file.numbers(file.vector(operator, _OPERATOR_OUTPUTS))):
                operators.append(operator)
                needed.update(file.numbers(file.vector(operator, _OPERATOR_INPUTS)))
        return file.with_shorter(((output_list, kept), (operator_list, file.distances(operator_list, operators[::-1]))))
    except (struct.error, IndexError, ValueError):  # damaged offsets
        raise ValueError("it is not a TensorFlow Lite model") from None


class _Flatbuffer:
    """A flatbuffer whose vectors can be shortened. Places are offsets from its first byte.

    Layout: https://flatbuffers.dev/internals/ .
    """

    def __init__(self, content: bytes) -> None:
        self._content = content

    def root(self) -> int:
        """Return the place of the root table."""
        return self._follow(0)

    def vector(self, table: int, field: int) -> int | None:
        """Return the place of the vector in a field of a table; ``None`` where the table lacks it."""
        vtable = table - self._read("<i", table)
        entry = 4 + 2 * field
        if entry >= self._read("<H", vtable):
            return None
        within = self._read("<H", vtable + entry)
        return self._follow(table + within) if within else None

    def numbers(self, vector: int | None) -> list[int]:
        """Return the elements of a vector of 32-bit numbers."""
        if vector is None:
            return []
        return list(struct.unpack_from(f"<{self._length(vector)}i", self._content, vector + 4))

    def items(self, vector: int | None) -> list[int]:
        """Return the places of the tables in a vector of tables."""
        if vector is None:
            return []
        return [self._follow(vector + 4 + 4 * number) for number in range(self._length(vector))]

    @staticmethod
    def distances(vector: int | None, places: Sequence[int]) -> list[int]:
        """Return the elements of a vector of tables: the distance from each element to its table."""
        return [place - ((vector or 0) + 4 + 4 * number) for number, place in enumerate(places)]

    def with_shorter(self, vectors: Iterable[tuple[int | None, Sequence[int]]]) -> bytes:
        """Return the file with these elements, at most as many as there were, in these vectors."""
        parts, at = [], 0
        for vector, elements in sorted((vector, elements) for vector, elements in vectors if vector is not None):
            parts += [self._content[at:vector], struct.pack(f"<I{len(elements)}I", len(elements), *elements)]
            at = vector + 4 + 4 * len(elements)
        return b"".join([*parts, self._content[at:]])

    def _length(self, vector: int) -> int:
        length = self._read("<I", vector)
        if 4 * length > len(self._content):
            raise ValueError("a vector is longer than the file")
        return length

    def _follow(self, place: int) -> int:
        return place + self._read("<I", place)

    def _read(self, kind: str, place: int) -> int:
        if place < 0:
            raise ValueError("an offset leads out of the file")
        return int(struct.unpack_from(kind, self._content, place)[0])
