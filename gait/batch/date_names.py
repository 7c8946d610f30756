"""Days, weeks and months in names of folders and clips: ``2026-03-01``, ``01.03.2026``, ``2026-W09``, ``March 2026``.

A name that leaves the day open gives the days that are possible, and the camera's clock decides among them. A week
without a year is recognised as one, so that it is not taken for an athlete, but says no day.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gait.batch.clip_names import fold_name

#: Years that a film of a runner can be from. [E]
FIRST_YEAR, LAST_YEAR = 1990, 2100
#: Months by name or short name: English, German, French, Spanish, Italian, Dutch, Portuguese; without accents.
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janner jaenner janvier enero ene gennaio gen januari janeiro",
            "february feb februar feber fevrier fev febrero febbraio februari fevereiro",
            "march mar marz maerz mrz mars marzo maart marco",
            "april apr avril avr abril abr aprile",
            "may mai mayo maggio mag mei maio",
            "june jun juni juin junio giugno giu junho",
            "july jul juli juillet juil julio luglio lug julho",
            "august aug aout agosto ago augustus",
            "september sep sept septembre septiembre settembre set setembro",
            "october oct oktober okt octobre octubre ottobre ott outubro out",
            "november nov novembre noviembre novembro",
            "december dec dezember dez decembre diciembre dic dicembre december dezembro",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEK_WORDS = r"(?:weeks?|wk|w|kw|woche|semaine|semana|settimana|wochen)"
_MONTH_WORDS = "|".join(sorted(_MONTHS, key=len, reverse=True))
_S = r"[\s_.\-/]"
#: Nothing that belongs to the same word or number before and after.
_BEFORE, _AFTER = r"(?<![^\W_])", r"(?![^\W_])"
#: No number before, of which this would be the rest: 45-13-2026 is no year.
_ALONE = r"(?<!\d[\-_./])"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_PATTERNS = tuple(
    re.compile(_BEFORE + pattern + _AFTER, re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}{_S}{{0,2}}w(?P<week>\d\d?)(?:-?(?P<weekday>[1-7]))?",
        rf"{_YEAR}{_S}{{0,2}}{_WEEK_WORDS}{_S}{{0,2}}(?P<week>\d\d?)",
        rf"{_WEEK_WORDS}{_S}{{0,2}}(?P<week>\d\d?){_S}{{1,2}}(?:of\s)?{_YEAR}",
        rf"{_YEAR}{_S}(?P<month>\d\d?){_S}(?P<day>\d\d?)(?:T\d\d[\d_.:\-]*)?",
        rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)(?:T\d{{4,6}})?",
        r"(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.\s?(?P<year>(?:(?:19|20)\d\d)|\d\d)",
        rf"(?P<one>\d\d?)(?P<sep>[\-_/\s])(?P<two>\d\d?)(?P=sep){_YEAR}",
        rf"(?P<day>\d\d?)(?:st|nd|rd|th|\.)?{_S}{{0,2}}(?:de\s)?(?P<name>{_MONTH_WORDS})\.?,?{_S}{{0,2}}(?:de\s)?{_YEAR}",
        rf"(?P<name>{_MONTH_WORDS})\.?{_S}{{0,2}}(?P<day>\d\d?)(?:st|nd|rd|th)?,?{_S}{{1,2}}{_YEAR}",
        rf"{_YEAR}{_S}{{0,2}}(?P<name>{_MONTH_WORDS})\.?{_S}{{0,2}}(?P<day>\d\d?)",
        rf"(?P<name>{_MONTH_WORDS})\.?,?{_S}{{0,2}}{_YEAR}",
        rf"{_YEAR}{_S}{{0,2}}(?P<name>{_MONTH_WORDS})",
        rf"{_ALONE}{_YEAR}{_S}(?P<month>\d\d)(?!{_S}\d)",
        rf"{_ALONE}{_YEAR}(?!{_S}\d)",
    )
)
#: What says a time of the year without its year, as a whole name. Not a month: Jan, April, May and June are people.
_WITHOUT_YEAR = re.compile(rf"{_WEEK_WORDS}{_S}{{0,2}}\d\d?|\d\d?\.\s?\d\d?\.", re.IGNORECASE)


@dataclass(frozen=True)
class NamedDate:
    """What a name says about the day.

    Attributes
    ----------
    spans : tuple of (date, date)
        First and last possible day; several where the order of day and month is open. Empty where the name is a week
        without its year.
    text : str
        As written.
    """

    spans: tuple[tuple[date, date], ...] = ()
    text: str = ""

    @property
    def day(self) -> date | None:
        """The day, where the name leaves nothing open."""
        return self.spans[0][0] if len(self.spans) == 1 and self.spans[0][0] == self.spans[0][1] else None

    def allows(self, day: date) -> bool:
        """Check whether a day is one of those that are possible.

        Parameters
        ----------
        day : date

        Returns
        -------
        bool
        """
        return any(first <= day <= last for first, last in self.spans)

    @property
    def narrowness(self) -> int:
        """Days that are possible, negative: the larger the more the name says."""
        return -sum((last - first).days + 1 for first, last in self.spans) if self.spans else -1_000_000


def split_date(name: str) -> tuple[str, NamedDate | None]:
    """Split a name of a folder or clip into what is left without its date, and the date.

    Parameters
    ----------
    name : str

    Returns
    -------
    rest : str
        Empty where the name is nothing but a date.
    date : NamedDate or None
    """
    name = unicodedata.normalize("NFC", name)
    plain = "".join(unicodedata.normalize("NFD", character)[0] for character in name)  # as long as the name
    if _WITHOUT_YEAR.fullmatch(plain):
        return "", NamedDate(text=name)
    for pattern in _PATTERNS:
        for found in pattern.finditer(plain):
            spans = _spans(found.groupdict())
            if spans:
                rest = f"{name[: found.start()]} {name[found.end() :]}"
                return re.sub(r"\s+", " ", rest).strip(" _-.,/()[]"), NamedDate(
                    spans, name[found.start() : found.end()]
                )
    return name, None


def _spans(parts: dict[str, str | None]) -> tuple[tuple[date, date], ...]:
    """Return the possible days of one match; none where it is no date, such as 2026-13-45."""
    try:
        year = int(parts["year"] or 0)
        year += 2000 if year < 100 else 0
        if not FIRST_YEAR <= year <= LAST_YEAR:
            return ()
        if parts.get("week"):
            monday = date.fromisocalendar(year, int(parts["week"] or 0), int(parts.get("weekday") or 1))
            return ((monday, monday if parts.get("weekday") else monday + timedelta(days=6)),)
        if parts.get("one"):
            return _either_order(year, int(parts["one"] or 0), int(parts["two"] or 0))
        name = parts.get("name")
        month = _MONTHS[fold_name(name, accents=False)] if name else int(parts.get("month") or 0)
        if parts.get("day"):
            day = date(year, month, int(parts["day"] or 0))
            return ((day, day),)
        if month:
            return ((date(year, month, 1), date(year, month, monthrange(year, month)[1])),)
        return ((date(year, 1, 1), date(year, 12, 31)),)
    except (ValueError, KeyError):
        return ()


def _either_order(year: int, one: int, two: int) -> tuple[tuple[date, date], ...]:
    """01-03-2026 is the first of March, or the third of January in the United States."""
    days = []
    for day, month in ((one, two), (two, one)):
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    return tuple((day, day) for day in dict.fromkeys(days))


def date_of_folders(parts: Sequence[str]) -> tuple[list[str], NamedDate | None]:
    """Read the date off the folders that a clip lies in, also where year, month and day are folders of their own.

    Parameters
    ----------
    parts : sequence of str
        Names of the folders, the outermost first.

    Returns
    -------
    rests : list of str
        Each name without its date; empty where it is nothing but a date.
    date : NamedDate or None
        Of all dates the one that leaves least open.
    """
    rests, dates = [], []
    number = 0
    while number < len(parts):
        taken = 1
        rest, found = split_date(parts[number])
        if found is not None and not rest:
            for more in (3, 2):
                joined = "-".join(parts[number : number + more])
                joined_rest, joined_date = split_date(joined)
                if len(parts) >= number + more and joined_date is not None and not joined_rest:
                    taken, found = more, joined_date
                    break
        rests += [rest, *[""] * (taken - 1)]
        dates += [] if found is None else [found]
        number += taken
    return rests, max(dates, key=lambda one: one.narrowness, default=None)
