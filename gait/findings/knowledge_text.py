"""Which entries of the knowledge files are texts for the reader, and their translation.

The loaders and the collector of messages (``translations/toml_messages.py``) both use `TEXT_FIELDS`, so that neither
can forget one. Titles of articles and papers, ids and keys stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gait.display_language import SIDE_FIELD, gettext

#: File → names of the entries that hold text: one, or a list. ``topic.*`` are all entries of the table ``topic``.
TEXT_FIELDS: Mapping[str, frozenset[str]] = {
    "questions.toml": frozenset({"topic", "text", "unit"}),
    "warnings.toml": frozenset({"text"}),
    "corrections.toml": frozenset({"title", "text", "text_plain", "dose", "effect", "intro", "message", "signs"}),
    "patterns.toml": frozenset({"name", "headline", "headline_likely"}),
    "next_step.toml": frozenset({"text_one", "text_two", "text_more", "topic.*"}),
    "metrics.toml": frozenset(
        {
            *("name", "field_name", "matters", "good", "good_any_speed", "note", "reason", "unit", "filming.*"),
            *("headline", "headline_one", "headline_likely", "headline_likely_one"),
        }
    ),
    "exercises.toml": frozenset({"title", "how", "sets", "progression", "easier", "needs"}),
}
#: Each leg has a message of its own, since words agree with the side.
SIDES = ("left", "right")


def translate_tables(file: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Translate the texts of a parsed file into the language that is written now.

    Parameters
    ----------
    file : str
        One of `TEXT_FIELDS`.
    data : mapping
        Parsed TOML.

    Returns
    -------
    dict
        A copy. Texts with ``{side}`` stay English until the side is known (`gait.display_language.side_text`).
    """
    return dict(_translated(data, TEXT_FIELDS[file]))


def text_messages(file: str, data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """List the messages of a parsed file for the catalogues.

    Parameters
    ----------
    file : str
        One of `TEXT_FIELDS`.
    data : mapping
        Parsed TOML.

    Yields
    ------
    message, comment : str
        Each text, one for each leg where it names the side; the comment says where it stands.
    """
    for who, field, text in _texts(data, TEXT_FIELDS[file]):
        for message in sided_messages(text):
            if any(letter.isalpha() for letter in message):
                yield message, f"{file}, {who}, {field}"


def sided_messages(text: str) -> list[str]:
    """Make one message for each leg of a text that names the side.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of str
        The text itself where it does not.
    """
    return [text.replace(SIDE_FIELD, side) for side in SIDES] if SIDE_FIELD in text else [text]


def _translated(node: Any, fields: frozenset[str], table: str = "") -> Any:
    if not isinstance(node, Mapping):
        return node
    found = {}
    for key, value in node.items():
        if isinstance(value, Mapping):
            found[key] = _translated(value, fields, key)
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            found[key] = [_translated(row, fields, key) for row in value]
        elif key in fields or f"{table}.*" in fields:
            found[key] = [_shown(text) for text in value] if isinstance(value, list) else _shown(value)
        else:
            found[key] = value
    return found


def _shown(value: Any) -> Any:
    return gettext(value) if isinstance(value, str) and SIDE_FIELD not in value else value


def _texts(node: Any, fields: frozenset[str], who: str = "", table: str = "") -> Iterator[tuple[str, str, str]]:
    if not isinstance(node, Mapping):
        return
    who = node.get("id") or node.get("key") or node.get("code") or who
    for key, value in node.items():
        if isinstance(value, Mapping):
            yield from _texts(value, fields, who or key, key)
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for row in value:
                yield from _texts(row, fields, who, key)
        elif key in fields or f"{table}.*" in fields:
            texts = value if isinstance(value, list) else [value]
            yield from ((who or table, key, text) for text in texts if isinstance(text, str))
