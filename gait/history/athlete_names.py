"""Names as people type them: which of them mean the same person, and which probably do."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import combinations

from gait.errors import InputError

#: Likeness (0 to 1, `difflib`) from which two names may be one person, misspelt. [E]
ALIKE = 0.8
LONGEST = 200


def tidy(name: str) -> str:
    """Give a name as it is shown: composed letters, single spaces, no control characters.

    Raises
    ------
    InputError
        Nothing is left, or it is longer than a name can be.
    """
    composed = unicodedata.normalize("NFC", name)
    # What steers a terminal (or turns the direction of a line) is no part of a name.
    letters = "".join(" " if c.isspace() else c for c in composed if c.isspace() or unicodedata.category(c) != "Cc")
    made = " ".join(letters.split())
    if not made:
        raise InputError(f"{name!r} is not a name; give the athlete's name")
    if len(made) > LONGEST:
        raise InputError(f"{made[:30]!r}… is too long for a name ({len(made)} letters); give at most {LONGEST}")
    return made


def key_of(name: str) -> str:
    """Give what two spellings of a name have in common: neither case, nor spaces, nor how letters are composed."""
    return unicodedata.normalize("NFC", tidy(name).casefold())


def likeness(one: str, other: str) -> float:
    """Say how alike two names are, 0 to 1; the order of the words does not matter, nor do accents."""
    a, b = _plain(one), _plain(other)
    if a == b:
        return 1.0
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0
    return matcher.ratio()


def pairs_alike(names: Iterable[str]) -> list[tuple[str, str, float]]:
    """Give pairs of names that may be one person, the likeliest first: (name, name, likeness)."""
    pairs = [(a, b, likeness(a, b)) for a, b in combinations(names, 2)]
    return sorted((p for p in pairs if p[2] >= ALIKE), key=lambda p: (-p[2], p[0], p[1]))


def nearest(name: str, names: Iterable[str], *, most: int = 3) -> list[str]:
    """Give the names most like one, the likeliest first."""
    rated = sorted(((likeness(name, other), other) for other in names), key=lambda r: (-r[0], r[1]))
    return [other for rate, other in rated[:most] if rate >= ALIKE]


def _plain(name: str) -> str:
    apart = unicodedata.normalize("NFD", key_of(name))
    return " ".join(sorted("".join(c for c in apart if not unicodedata.combining(c)).split()))
