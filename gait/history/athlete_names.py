"""Athletes' names as people type them: which spellings mean one person, and which probably do."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import combinations

from gait.display_language import _
from gait.display_text import encodable_text
from gait.errors import InputError

#: Similarity (0 to 1, `difflib`) from which two names may be one person, misspelt. [E]
MIN_SIMILARITY = 0.8
#: Characters. [E]
MAX_NAME_LENGTH = 200


def clean_name(name: str) -> str:
    """Normalise a name for display: composed letters, single spaces, no control characters.

    Parameters
    ----------
    name : str

    Returns
    -------
    str

    Raises
    ------
    InputError
        Nothing is left, or the name is longer than `MAX_NAME_LENGTH`.
    """
    composed = unicodedata.normalize("NFC", encodable_text(name))
    # Control characters could steer a terminal or turn the direction of a line.
    letters = "".join(" " if c.isspace() else c for c in composed if c.isspace() or unicodedata.category(c) != "Cc")
    cleaned = " ".join(letters.split())
    if not cleaned:
        raise InputError(_("{name} is not a name; give the athlete's name").format(name=repr(name)))
    if len(cleaned) > MAX_NAME_LENGTH:
        raise InputError(
            _("{cleaned}… is too long for a name ({count} letters); give at most {max_name_length}").format(
                cleaned=repr(cleaned[:30]), count=len(cleaned), max_name_length=MAX_NAME_LENGTH
            )
        )
    return cleaned


def name_key(name: str) -> str:
    """Return what all spellings of a name share, regardless of case, spaces and composition of letters.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
    """
    return unicodedata.normalize("NFC", clean_name(name).casefold())


def name_similarity(one: str, other: str) -> float:
    """Compare two names, regardless of the order of their words and of accents.

    Parameters
    ----------
    one, other : str

    Returns
    -------
    float
        1 for the same name; 0 for everything clearly below `MIN_SIMILARITY`.
    """
    a, b = _sorted_plain_words(one), _sorted_plain_words(other)
    if a == b:
        return 1.0
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.real_quick_ratio() < MIN_SIMILARITY or matcher.quick_ratio() < MIN_SIMILARITY:
        return 0.0
    return matcher.ratio()


def similar_pairs(names: Iterable[str]) -> list[tuple[str, str, float]]:
    """Find pairs of names that may be one person.

    Parameters
    ----------
    names : iterable of str

    Returns
    -------
    list of (name, name, similarity)
        The most similar first.
    """
    pairs = [(a, b, name_similarity(a, b)) for a, b in combinations(names, 2)]
    return sorted((p for p in pairs if p[2] >= MIN_SIMILARITY), key=lambda p: (-p[2], p[0], p[1]))


def most_similar(name: str, names: Iterable[str], *, count: int = 3) -> list[str]:
    """Find the names most similar to one.

    Parameters
    ----------
    name : str
    names : iterable of str
        To choose from.
    count : int
        How many at most.

    Returns
    -------
    list of str
        The most similar first; empty where none reaches `MIN_SIMILARITY`.
    """
    rated = sorted(((name_similarity(name, other), other) for other in names), key=lambda r: (-r[0], r[1]))
    return [other for rate, other in rated[:count] if rate >= MIN_SIMILARITY]


def _sorted_plain_words(name: str) -> str:
    decomposed = unicodedata.normalize("NFD", name_key(name))
    return " ".join(sorted("".join(c for c in decomposed if not unicodedata.combining(c)).split()))
