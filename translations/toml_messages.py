"""Extractors for what is no call of gettext: texts of the knowledge files, and of records in modules."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from gait.findings.knowledge_text import TEXT_FIELDS, sided_messages, text_messages

#: Line, context, message, comments.
Message = tuple[int, str | None, str, list[str]]
#: Records in modules → their texts that a reader sees, by place and by name.
RECORD_TEXTS: Mapping[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "MetricSpec": ((), ("definition", "sign", "rear_view_hint")),
    "WeekPart": ((0,), ("label", "otherwise", "otherwise_label")),
    "DayOutline": ((0, 1), ("name", "purpose")),
    "side_text": ((0,), ()),
    "replace": ((), ("definition", "sign")),
    "_drift_spec": ((1,), ("sign",)),
}


def extract_toml(
    fileobj: BinaryIO, keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Message]:
    """Yield the texts of one knowledge file.

    Parameters
    ----------
    fileobj : binary file
        With a name, by which its text fields are found.
    keywords, comment_tags, options
        Of Babel's interface; not used.

    Yields
    ------
    (int, str or None, str, list of str)
        Line, context, message, comment.
    """
    name = Path(fileobj.name).name
    if name not in TEXT_FIELDS:
        return
    for message, comment in text_messages(name, tomllib.load(fileobj)):
        yield 0, None, message, [comment]


def extract_records(
    fileobj: BinaryIO, keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Message]:
    """Yield the texts of records and of `gait.display_language.Texts` in a module.

    Parameters
    ----------
    fileobj : binary file
    keywords, comment_tags, options
        Of Babel's interface; not used.

    Yields
    ------
    (int, str or None, str, list of str)
        Line, context, message, comment.
    """
    name = Path(fileobj.name).name
    for node in ast.walk(ast.parse(fileobj.read())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            context = next(
                (k.value.value for k in node.keywords if k.arg == "context" and isinstance(k.value, ast.Constant)), None
            )
            for value in _text_nodes(node, node.func.id):
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                    for message in sided_messages(value.value):
                        yield node.lineno, context, message, [name]


def _text_nodes(call: ast.Call, name: str) -> Iterator[ast.expr]:
    if name == "Texts":
        for table in call.args:
            if isinstance(table, ast.Dict):
                yield from table.values
    places, names = RECORD_TEXTS.get(name, ((), ()))
    yield from (call.args[place] for place in places if place < len(call.args))
    yield from (keyword.value for keyword in call.keywords if keyword.arg in names)
