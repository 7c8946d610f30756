"""Hypothesis strategies: values of any type, and documents in which something was replaced, removed or added."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.odd_values import ODD_TEXTS

#: What JSON, TOML and Python's readers of them can return.
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-3, 3),
    st.sampled_from([2**31, 2**53, 2**63, 10**30, 10**400]),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(ODD_TEXTS),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def _places(node: Any) -> list[tuple[Any, Any]]:
    pairs = list(node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ())
    return [(node, key) for key, _ in pairs] + [place for _, value in pairs for place in _places(value)]


@st.composite
def changed(draw: st.DrawFn, document: Any, changes: int = 3) -> Any:
    """Draw a copy of a document of dicts and lists in which one to ``changes`` things differ."""
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, changes))):
        places = _places(document)
        if not places:
            return draw(values)
        parent, key = places[draw(st.integers(0, len(places) - 1))]
        change = draw(st.sampled_from(("replace", "replace", "replace", "remove", "add", "double")))
        if change == "replace":
            parent[key] = draw(values)
        elif change == "remove":
            del parent[key]
        elif isinstance(parent, dict):
            parent[draw(st.text(max_size=8))] = draw(values)
        else:
            parent.insert(key, copy.deepcopy(parent[key]) if change == "double" else draw(values))
    return document
