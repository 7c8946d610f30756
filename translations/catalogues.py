"""Collect every message of the package, merge them into the catalogues of each language, and compile these.

``python -m translations.catalogues`` (`make translations`). Translations are never dropped by hand: a message whose
English has changed becomes obsolete (``#~``) and its successor is untranslated; nothing is guessed.
"""

from __future__ import annotations

import argparse
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from gait.display_language import DOMAIN, ENGLISH, LANGUAGES, LOCALE_FOLDER
from gait.findings.knowledge_loader import load_knowledge
from gait.report.terminal_summary import SHORT_NAME, SHORT_NAMES
from translations.toml_messages import extract_records, extract_toml

PACKAGE = LOCALE_FOLDER.parent
KEYWORDS: dict[str, Any] = {
    "_": None,
    "N_": None,
    "format_message": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
JINJA_OPTIONS = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false", "trim_blocks": "true"}
WIDTH = 110


def translated_languages() -> tuple[str, ...]:
    """List the languages that have a catalogue.

    Returns
    -------
    tuple of str
    """
    return tuple(language for language in LANGUAGES if language != ENGLISH)


def po_path(language: str) -> Path:
    """Name the catalogue of a language.

    Parameters
    ----------
    language : str

    Returns
    -------
    Path
        The ``.po``; the compiled one beside it ends in ``.mo``.
    """
    return LOCALE_FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def collect_messages() -> Catalog:
    """Collect the messages of the knowledge files, the modules and the templates of the package.

    Returns
    -------
    Catalog
        Without translations; comments say where each stands.
    """
    catalogue = Catalog(project="gait", charset="utf-8", fuzzy=False)
    for message, comment in _messages():
        catalogue.add(message[0], context=message[1], auto_comments=[comment] if comment else [])
    return catalogue


def merge(found: Catalog, language: str) -> str:
    """Merge the messages into the catalogue of a language, as the file is now.

    Parameters
    ----------
    found : Catalog
        Of `collect_messages`.
    language : str

    Returns
    -------
    str
        What changed, in one line.
    """
    path = po_path(language)
    before = read_catalogue(language)
    known = {(m.id if isinstance(m.id, str) else m.id[0], m.context): m for m in _entries(before)}
    obsolete = {m.id if isinstance(m.id, str) else m.id[0]: m for m in before.obsolete.values()}
    merged = Catalog(locale=language, project="gait", charset="utf-8", fuzzy=False)
    merged.mime_headers = before.mime_headers
    merged.header_comment = before.header_comment
    new = 0
    kept: dict[str, Message | None] = {}
    for message in _entries(found):
        first = message.id if isinstance(message.id, str) else message.id[0]
        old = known.pop((first, message.context), None) or obsolete.pop(first, None)
        if old is None and message.context is not None:
            # The same words elsewhere are a start.
            old = next((m for (text, _), m in known.items() if text == first), None) or kept.get(first)
        text: Any = None
        if old is not None and old.pluralizable == message.pluralizable:
            text = old.string
        elif old is None:
            new += 1
        comments = old.user_comments if old is not None else []
        flags = set() if old is None else {f for f in old.flags if f != "fuzzy"}
        kept.setdefault(first, old)
        added = merged.add(
            message.id,
            text,
            context=message.context,
            auto_comments=message.auto_comments,
            user_comments=comments,
            flags=flags,
        )
        # "95 % sure" looks like a placeholder of printf; ours are all in braces.
        if "python-format" in added.flags:
            added.flags = (added.flags - {"python-format"}) | {"no-python-format"}
    dropped = [m for m in (*known.values(), *obsolete.values()) if _is_translated(m)]
    for message in dropped:
        merged.obsolete[message.id if isinstance(message.id, str) else message.id[0]] = message
    buffer = io.BytesIO()
    write_po(buffer, merged, width=WIDTH, omit_header=False)
    temporary = path.with_suffix(".po.new")
    temporary.write_bytes(buffer.getvalue())
    temporary.replace(path)
    empty = sum(not _is_translated(m) for m in _entries(merged))
    return f"{language}: {len(merged)} messages, {new} new, {empty} without translation, {len(dropped)} obsolete"


def read_catalogue(language: str) -> Catalog:
    """Read the catalogue of a language.

    Parameters
    ----------
    language : str

    Returns
    -------
    Catalog
    """
    with po_path(language).open("rb") as file:
        return read_po(file, locale=language)


def compiled(language: str) -> bytes:
    """Compile the catalogue of a language.

    Parameters
    ----------
    language : str

    Returns
    -------
    bytes
        What belongs into its ``.mo``.
    """
    buffer = io.BytesIO()
    write_mo(buffer, read_catalogue(language))
    return buffer.getvalue()


def main() -> None:
    """Collect, merge and compile."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compile-only", action="store_true", help="do not collect messages")
    options = parser.parse_args()
    found = None if options.compile_only else collect_messages()
    for language in translated_languages():
        if found is not None:
            print(merge(found, language))
        path = po_path(language).with_suffix(".mo")
        temporary = path.with_suffix(".mo.new")
        temporary.write_bytes(compiled(language))
        temporary.replace(path)


def _entries(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _is_translated(message: Message) -> bool:
    texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(texts)


def _messages() -> Iterator[tuple[tuple[Any, str | None], str]]:
    for path in sorted((PACKAGE / "findings").glob("*.toml")):
        with path.open("rb") as file:
            for _, _, message, comments in extract_toml(file, {}, (), {}):
                yield (message, None), comments[0]
    for path in sorted(PACKAGE.rglob("*.py")):
        with path.open("rb") as file:
            for _, context, message, comments in extract_records(file, {}, (), {}):
                yield (message, context), comments[0]
    for key in load_knowledge().metrics:
        if key not in SHORT_NAMES:
            yield (key.replace("_", " "), SHORT_NAME), "metrics.toml, keys: fits into a narrow column"
    for method, pattern in (("jinja2.ext:babel_extract", "*.j2"), ("python", "*.py")):
        for path in sorted(PACKAGE.rglob(pattern)):
            options = dict(JINJA_OPTIONS) if pattern == "*.j2" else {}
            found = extract_from_file(method, os.fspath(path), KEYWORDS, ("Translators:",), options)
            for _, message, comments, context in found:
                where = path.relative_to(PACKAGE).as_posix()
                said = " ".join(comments).removeprefix("Translators:").strip()
                yield (message, context), f"{where}{f': {said}' if said else ''}"


if __name__ == "__main__":
    main()
