"""Text of other people (names of files, athletes, columns, errors of libraries) made safe to print, draw and store.

A name may hold bytes that are no UTF-8, escape sequences of a terminal, characters without width or characters that
turn the order of reading. `display_text` is the one place where they become visible; the terminal
(`gait.cli.terminal_output`), the pages (`gait.report.page_templates`) and the tables (`gait.text_tables`) all use it.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata

#: Longest name of a file or folder that gait makes, bytes of UTF-8; file systems take 255, and a temporary file beside
#: it needs some more. [E]
MAX_NAME_BYTES = 200
#: Digits of the hash in a shortened name. [E]
_HASH_DIGITS = 8
_ZWNJ, _ZWJ = "\u200c", "\u200d"
#: Characters of the category Cf that are drawn: the number signs of Arabic and Syriac, Kaithi and others (Unicode
#: property Prepended_Concatenation_Mark).
_DRAWN_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
#: Characters without a picture whose category is another one (Unicode property Default_Ignorable_Code_Point), and the
#: empty braille cell.
_EMPTY = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]")
#: What most names consist of: nothing to do.
_PLAIN = re.compile(r"[ -~\u00a1-\u00ac\u00ae-\u024f]*")
_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def display_text(text: object, *, keep: str = "") -> str:
    r"""Make every character visible that could deceive a reader, a terminal or a page.

    Parameters
    ----------
    text : object
        Usually a str or a path.
    keep : str
        Control characters that stay, such as ``"\n"``.

    Returns
    -------
    str
        Control characters, bytes that are no UTF-8, characters that turn the direction of writing and characters
        without width are written as Python escapes (``\x1b``, ``\u202e``). Everything else is unchanged, also the
        joiners that Persian, the scripts of India and emoji need. The result can be encoded as UTF-8.

    Examples
    --------
    >>> print(display_text("Red\x1b[31m"), display_text("M\udcfcller"), display_text("Łukasz Müller"))
    Red\x1b[31m M\xfcller Łukasz Müller
    """
    plain = str(text)
    if _PLAIN.fullmatch(plain):
        return plain
    return "".join(
        character if character in keep or _is_visible(plain, at) else _escape(character)
        for at, character in enumerate(plain)
    )


def encodable_text(text: str) -> str:
    r"""Write the bytes of a name that are no UTF-8 as escapes, for files that take only UTF-8.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Nothing else is changed.

    Examples
    --------
    >>> print(encodable_text("M\udcfcller"))
    M\xfcller
    """
    return "".join(_escape(c) if "\ud800" <= c <= "\udfff" else c for c in text)


def short_file_name(stem: str, end: str = "", *, limit: int = MAX_NAME_BYTES) -> str:
    r"""Make the name of an output from a name of the user.

    Parameters
    ----------
    stem : str
        Such as the name of a clip.
    end : str
        What follows it, such as ``"_side.trc"``; never shortened.
    limit : int
        Bytes of UTF-8 that the whole name may have.

    Returns
    -------
    str
        The name itself where it is short and every program can write it. Otherwise characters that are not visible
        become ``_``, a long one is cut between letters, and a hash of the whole name keeps two apart.

    Examples
    --------
    >>> short_file_name("monday", "_side.trc")
    'monday_side.trc'
    >>> short_file_name("ü" * 150, ".csv", limit=40)
    'üüüüüüüüüüüüü-34e3accc.csv'
    """
    clean = "".join(c if _is_visible(stem, at) and c not in "/\\\0" else "_" for at, c in enumerate(stem))
    if clean == stem and clean.strip(" .") and len((stem + end).encode()) <= limit:
        return stem + end
    digest = hashlib.sha256(os.fsencode(stem)).hexdigest()[:_HASH_DIGITS]
    room = limit - len(end.encode()) - _HASH_DIGITS - 1
    while len(clean.encode()) > room or (clean and unicodedata.combining(clean[-1])):
        clean = clean[:-1]
    return f"{clean.rstrip(' ._-') or 'file'}-{digest}{end}"


def _is_visible(text: str, at: int) -> bool:
    character = text[at]
    category = unicodedata.category(character)
    if category in ("Cc", "Cs", "Zl", "Zp", "Cn", "Co"):
        return False
    if category == "Cf":
        return character in _DRAWN_FORMATS or (character in (_ZWNJ, _ZWJ) and _joins(text, at))
    return _EMPTY.match(character) is None


def _joins(text: str, at: int) -> bool:
    """Whether a joiner changes how its neighbours are drawn (as RFC 5892, appendix A, for names of hosts)."""
    before, after = text[:at].rstrip("\ufe0f\ufe0e"), text[at + 1 : at + 2]
    if not before or not after:
        return False
    if unicodedata.combining(before[-1]) == 9:  # a virama
        return True
    if text[at] == _ZWJ:
        return all(unicodedata.category(c) in ("So", "Sk") for c in (before[-1], after))
    return all("ARABIC LETTER" in unicodedata.name(c, "") for c in (before[-1], after))


def _escape(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name (PEP 383)
        return f"\\x{code - 0xDC00:02x}"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
