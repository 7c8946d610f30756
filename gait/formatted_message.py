"""Texts for people that can be told again in another language: what is stored with poses is read years later.

A stored text in words is bound to the language in which it was written. A `FormattedMessage` keeps the English message
and its fields beside the words; `message_to_json` and `message_from_json` store and read these.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Union

from gait.display_language import ENGLISH, gettext, speak
from gait.display_units import number_text

#: A text, a number with its decimals, or a message.
Field = Union[str, int, tuple[float, int], "FormattedMessage"]


class FormattedMessage(str):
    """A text in the language in which it was written, with the message and the fields that it was made of.

    Parameters
    ----------
    text : str
        In words.

    Attributes
    ----------
    message : str
        In English, with ``{names}`` of fields; the key of the translations.
    fields : mapping
        Name → text, whole number, (number, decimals) or another message.
    """

    __slots__ = ("fields", "message")
    message: str
    fields: Mapping[str, Field]

    def __new__(cls, text: str = "") -> FormattedMessage:
        """Make a text without fields."""
        made = super().__new__(cls, text)
        made.message, made.fields = text, {}
        return made

    def told_again(self) -> FormattedMessage:
        """Tell the same in the language that is written now.

        Returns
        -------
        FormattedMessage
        """
        return format_message(
            self.message,
            **{k: v.told_again() if isinstance(v, FormattedMessage) else v for k, v in self.fields.items()},
        )

    @property
    def english(self) -> str:
        """The text in English."""
        with speak(ENGLISH):
            return str(self.told_again())


def tell_again(text: str) -> str:
    """Tell a text in the language that is written now, if it was kept with its fields.

    Parameters
    ----------
    text : str or FormattedMessage

    Returns
    -------
    str
        A plain text as it is.
    """
    return text.told_again() if isinstance(text, FormattedMessage) else text


def format_message(message: str, **fields: Field) -> FormattedMessage:
    """Translate a message and put its fields in; collectors of messages find the call.

    Parameters
    ----------
    message : str
        In English, with ``{names}`` of fields.
    **fields : str, int, (float, int) or FormattedMessage
        Texts stay as they are; a number is given with its decimals.

    Returns
    -------
    FormattedMessage

    Examples
    --------
    >>> format_message("{rate} frames/s", rate=(59.94, 1))
    '59.9 frames/s'
    """
    words = {name: number_text(*field) if isinstance(field, tuple) else field for name, field in fields.items()}
    made = FormattedMessage(gettext(message).format(**words))
    made.message, made.fields = message, fields
    return made


def join_messages(clauses: Sequence[str]) -> str:
    """Join clauses of a sentence by semicolons, so that they can be told again.

    Parameters
    ----------
    clauses : sequence of str or FormattedMessage

    Returns
    -------
    str or FormattedMessage
        Empty where there are none.
    """
    joined = clauses[0] if clauses else ""
    for clause in clauses[1:]:
        joined = format_message("{first}; {second}", first=joined, second=clause)
    return joined


def message_to_json(text: str) -> str:
    """Write a text with its message and fields as JSON, on one line.

    Parameters
    ----------
    text : str or FormattedMessage
        A plain text is kept as it is.

    Returns
    -------
    str
    """
    return json.dumps(_record(text), ensure_ascii=False) if isinstance(text, FormattedMessage) else text


def message_from_json(stored: str) -> str:
    """Read a text that `message_to_json` wrote, and tell it in the language that is written now.

    Parameters
    ----------
    stored : str
        JSON, or words as earlier versions stored them.

    Returns
    -------
    str
        What cannot be read as JSON is returned as it is.
    """
    try:
        record = json.loads(stored)
    except ValueError:
        return stored
    try:
        return _text(record)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return stored


def _record(field: Field) -> Any:
    if isinstance(field, FormattedMessage):
        return {"message": field.message, "fields": {name: _record(one) for name, one in field.fields.items()}}
    return list(field) if isinstance(field, tuple) else field


def _text(record: Any) -> str:
    if isinstance(record, str):
        return record
    fields: dict[str, Field] = {}
    for name, field in record["fields"].items():
        if isinstance(field, list):
            fields[name] = (float(field[0]), int(field[1]))
        else:
            fields[name] = _text(field) if isinstance(field, dict) else field
    return format_message(str(record["message"]), **fields)
