"""The language in which texts for people are written.

The choice holds for everything that is written inside of `speak`, like the units of `gait.display_units`. Texts are
looked up in the catalogues of `gait/locale` (gettext); what a catalogue does not have stays English. Names in files
(JSON, CSV, options) are never translated.
"""

from __future__ import annotations

import datetime as dt
import gettext as _gettext
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar

ENGLISH = "en"
#: Code → what the language calls itself, in the order in which they are offered.
LANGUAGES: Mapping[str, str] = {"en": "English", "de": "Deutsch", "es": "Español", "fr": "Français"}
#: Read in this order where no language is given, as gettext does.
VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
DOMAIN = "gait"
LOCALE_FOLDER = Path(__file__).parent / "locale"
SIDE_FIELD = "{side}"
_Key = TypeVar("_Key")
_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")
_CAPITAL_NOUNS = frozenset({"de"})
_COMMA_LANGUAGES = frozenset({"de", "es", "fr"})
_spoken: ContextVar[str] = ContextVar("language", default=ENGLISH)


@contextmanager
def speak(language: str) -> Iterator[None]:
    """Write texts for people in a language while the context is open.

    Parameters
    ----------
    language : str
        One of `LANGUAGES`.

    Yields
    ------
    None

    Examples
    --------
    >>> with speak("de"):
    ...     print(decimal_sign())
    ,
    """
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def keep_language(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Make a function that runs in the language that is written now, also in another thread.

    Parameters
    ----------
    function : callable

    Returns
    -------
    callable
    """
    language = _spoken.get()

    def run(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
        with speak(language):
            return function(*args, **kwargs)

    return run


def spoken_language() -> str:
    """Return the language in which texts are written now.

    Returns
    -------
    str
        One of `LANGUAGES`.
    """
    return _spoken.get()


def language_of_environment(variables: Mapping[str, str] | None = None) -> str:
    """Read the language of the reader off the environment.

    Parameters
    ----------
    variables : mapping, optional
        By default those of the process.

    Returns
    -------
    str
        One of `LANGUAGES`; English where the environment names none of them.

    Examples
    --------
    >>> language_of_environment({"LANG": "de_AT.UTF-8"}), language_of_environment({"LC_ALL": "C", "LANG": "de_DE"})
    ('de', 'en')
    """
    environment = os.environ if variables is None else variables
    named = next((environment[name] for name in VARIABLES if environment.get(name)), "")
    code = named.replace("-", "_").partition("_")[0].partition(".")[0].partition("@")[0].lower()
    return code if code in LANGUAGES else ENGLISH


def decimal_sign() -> str:
    """Return the decimal sign of the language that is written now.

    Returns
    -------
    {".", ","}
    """
    return "," if _spoken.get() in _COMMA_LANGUAGES else "."


def gettext(message: str) -> str:
    """Translate a text into the language that is written now; `_` is the same.

    Parameters
    ----------
    message : str
        In English; not empty.

    Returns
    -------
    str
        The text itself where there is no translation.
    """
    return _catalogue(_spoken.get()).gettext(message) if message else message


def ngettext(one: str, many: str, count: int) -> str:
    """Translate a text that depends on a number.

    Parameters
    ----------
    one, many : str
        In English, for 1 and for other numbers, with ``{count}``.
    count : int

    Returns
    -------
    str
        With its placeholders.
    """
    return _catalogue(_spoken.get()).ngettext(one, many, count)


def pgettext(context: str, message: str) -> str:
    """Translate a word that differs by place.

    Parameters
    ----------
    context : str
        Where it stands.
    message : str
        In English.

    Returns
    -------
    str
    """
    return _catalogue(_spoken.get()).pgettext(context, message)


def npgettext(context: str, one: str, many: str, count: int) -> str:
    """Translate a text that differs by place and depends on a number.

    Parameters
    ----------
    context : str
        Where it stands.
    one, many : str
        In English.
    count : int

    Returns
    -------
    str
    """
    return _catalogue(_spoken.get()).npgettext(context, one, many, count)


def mark(message: str) -> str:
    """Mark a constant for translation without translating it; `N_` is the same.

    Parameters
    ----------
    message : str
        In English.

    Returns
    -------
    str
        The text itself.
    """
    return message


_ = gettext
N_ = mark


class Texts(Mapping[_Key, str]):
    """Constant texts by key, translated whenever they are read.

    Parameters
    ----------
    english : mapping
        The texts in English; the collector of messages finds them in the call.
    context : str, optional
        Where they stand, for words that differ by place (`pgettext`).
    """

    def __init__(self, english: Mapping[_Key, str], *, context: str | None = None) -> None:
        self._english = dict(english)
        self._context = context

    def __getitem__(self, key: _Key) -> str:
        """Translate the text of a key."""
        english = self._english[key]
        if not english:
            return english
        return gettext(english) if self._context is None else pgettext(self._context, english)

    def of_side(self, key: _Key, side: str) -> str:
        """Translate the text of a key about one leg (`side_text`).

        Parameters
        ----------
        key : hashable
        side : {"left", "right", "both"}

        Returns
        -------
        str
        """
        return side_text(self._english[key], side)

    def __iter__(self) -> Iterator[_Key]:
        """Iterate over the keys."""
        return iter(self._english)

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self._english)


def side_text(text: str, side: str) -> str:
    """Put a side into a text about one leg, and translate the whole: words agree with the side.

    Parameters
    ----------
    text : str
        In English, with ``{side}``; each side is a message of its own.
    side : {"left", "right", "both"}

    Returns
    -------
    str
        Other placeholders stay. A text without ``{side}`` is translated as it is.
    """
    return gettext(text.replace(SIDE_FIELD, side))


def date_text(day: dt.date, *, short: bool = False) -> str:
    """Write a date as people do, e.g. ``"3 May 2026"``.

    Parameters
    ----------
    day : datetime.date
    short : bool
        With the month's short name, as below a plot.

    Returns
    -------
    str
    """
    if short:
        text, month = pgettext("short date", "{day} {month} {year}"), SHORT_MONTHS[day.month]
    else:
        text, month = pgettext("date", "{day} {month} {year}"), MONTHS[day.month]
    return text.format(day=day.day, month=month, year=day.year)


def list_text(items: Sequence[str], *, word: str = "and") -> str:
    """Write a list as in a sentence.

    Parameters
    ----------
    items : sequence of str
        Translated already.
    word : {"and", "or"}
        Between the last two.

    Returns
    -------
    str

    Examples
    --------
    >>> list_text(["cadence", "step width", "hip drop"])
    'cadence, step width and hip drop'
    """
    if len(items) < 2:
        return "".join(items)
    pattern = pgettext("list", "{first} or {last}") if word == "or" else pgettext("list", "{first} and {last}")
    return pattern.format(first=", ".join(items[:-1]), last=items[-1])


def labelled_text(label: str, text: str) -> str:
    """Write a label, a colon and a text, e.g. ``"Cadence: 168 steps/min"``; French has a space before the colon.

    Parameters
    ----------
    label, text : str
        Translated already.

    Returns
    -------
    str
    """
    return gettext("{label}: {text}").format(label=label, text=text)


def clauses_text(clauses: Sequence[str]) -> str:
    """Join clauses of a sentence by semicolons; French has a space before each.

    Parameters
    ----------
    clauses : sequence of str
        Translated already.

    Returns
    -------
    str

    Examples
    --------
    >>> clauses_text(["162 measured", "3 not"])
    '162 measured; 3 not'
    """
    joined = "".join(clauses[:1])
    for clause in clauses[1:]:
        joined = gettext("{first}; {second}").format(first=joined, second=clause)
    return joined


def as_sentence(text: str) -> str:
    """Write a clause as a sentence: a capital letter first, a full stop at the end.

    Parameters
    ----------
    text : str
        Translated already.

    Returns
    -------
    str

    Examples
    --------
    >>> as_sentence("film 30 s")
    'Film 30 s.'
    """
    capital = f"{text[:1].upper()}{text[1:]}"
    return capital if capital.endswith((".", "!", "?", "…")) else f"{capital}."


def inside_sentence(name: str) -> str:
    """Write a name as it stands inside a sentence: with a small letter, but for German nouns.

    Parameters
    ----------
    name : str
        Translated already, with a capital letter.

    Returns
    -------
    str
    """
    keeps = _spoken.get() in _CAPITAL_NOUNS or name[1:2].isupper()
    return name if keeps else f"{name[:1].lower()}{name[1:]}"


MONTHS: Mapping[int, str] = Texts(
    {
        1: "January",
        2: "February",
        3: "March",
        4: "April",
        5: "May",
        6: "June",
        7: "July",
        8: "August",
        9: "September",
        10: "October",
        11: "November",
        12: "December",
    }
)


SHORT_MONTHS: Mapping[int, str] = Texts(
    {
        1: "Jan",
        2: "Feb",
        3: "Mar",
        4: "Apr",
        5: "May",
        6: "Jun",
        7: "Jul",
        8: "Aug",
        9: "Sep",
        10: "Oct",
        11: "Nov",
        12: "Dec",
    },
    context="short name of a month",
)


@cache
def _catalogue(language: str) -> _gettext.NullTranslations:
    if language == ENGLISH:
        return _gettext.NullTranslations()
    return _gettext.translation(DOMAIN, LOCALE_FOLDER, languages=[language], fallback=True)
