"""JSON that gait wrote earlier, read with suspicion: a disk, another program or a person may have damaged it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

from gait.display_language import _

#: Largest whole number that is read: beyond it, JSON readers of other languages lose digits (RFC 8259, section 6).
MAX_INTEGER = 2**53
#: Longest file that is read, bytes: an hour of running makes 10 MB. [E]
MAX_BYTES = 512 * 2**20

#: Schemas of values that occur in several files (JSON Schema, draft 7).
TEXT: Mapping[str, Any] = {"type": "string"}
OPTIONAL_TEXT: Mapping[str, Any] = {"type": ["string", "null"]}
NUMBER: Mapping[str, Any] = {"type": "number"}
OPTIONAL_NUMBER: Mapping[str, Any] = {"type": ["number", "null"]}
COUNT: Mapping[str, Any] = {"type": "integer", "minimum": 0}


def parse_json(content: bytes) -> Any:
    """Parse JSON strictly: UTF-8, only finite numbers, no whole number beyond 2⁵³, no deep nesting.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    object

    Raises
    ------
    ValueError
        The content is no such JSON; the message says why in a few words.
    """
    if len(content) > MAX_BYTES:
        raise ValueError(_("is too long"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(_("is not UTF-8")) from None
    if not text.strip("\0 \t\r\n"):
        raise ValueError(_("is empty"))
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_whole)
    except RecursionError:
        raise ValueError(_("is nested too deeply")) from None
    except json.JSONDecodeError as error:
        raise ValueError(_("is not JSON (line {line})").format(line=error.lineno)) from None
    if "\\ud" in text.lower():  # the escape of half a character, which no file and no terminal can take
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogateescape")  # bytes of a file's name may stay
        except (UnicodeEncodeError, RecursionError):
            raise ValueError(_("holds half a character")) from None
    return value


def describe_fault(value: object, schema: Mapping[str, Any]) -> str | None:
    """Compare a parsed value with a schema.

    Parameters
    ----------
    value : object
    schema : mapping
        JSON Schema, draft 7. Compiled once.

    Returns
    -------
    str or None
        The first fault in a few words, such as "videos[0].frames must be integer"; ``None`` where there is none.
    """
    import fastjsonschema

    try:
        _compiled(schema)(value)
    except fastjsonschema.JsonSchemaValueException as fault:
        return str(fault.message).removeprefix("data.").removeprefix("data ")[:200]
    except RecursionError:
        return _("is nested too deeply")
    return None


_validators: dict[int, Any] = {}


def _compiled(schema: Mapping[str, Any]) -> Any:
    import fastjsonschema

    if id(schema) not in _validators:  # schemas are constants of modules
        _validators[id(schema)] = fastjsonschema.compile(dict(schema))
    return _validators[id(schema)]


def record_schema(required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Make the schema of an object; it may have further fields.

    Parameters
    ----------
    required : mapping
        Field → its schema.
    optional : mapping, optional
        The same for fields that may be missing.

    Returns
    -------
    dict
    """
    properties = {name: dict(schema) for name, schema in {**required, **(optional or {})}.items()}
    return {"type": "object", "required": list(required), "properties": properties}


def list_schema(items: Mapping[str, Any], *, least: int = 0) -> dict[str, Any]:
    """Make the schema of a list.

    Parameters
    ----------
    items : mapping
        Schema of each item.
    least : int
        Smallest number of items.

    Returns
    -------
    dict
    """
    return {"type": "array", "items": dict(items), "minItems": least}


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(_("holds {name}, which is no number").format(name=name))


def _too_large(text: str) -> ValueError:
    return ValueError(_("holds the number {number}, which is too large").format(number=text[:20]))


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _too_large(text)
    return value


def _whole(text: str) -> int:
    if len(text) > 17 or abs(value := int(text)) > MAX_INTEGER:
        raise _too_large(text)
    return value
