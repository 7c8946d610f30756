"""The roster: who the athletes of a batch are, with body height, leg length, other spellings of the name and squad."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from gait.batch.clip_names import fold_name
from gait.batch.storage import base_name, is_url, join_location, local_path, read_file
from gait.checked_toml import parse_toml
from gait.display_language import _, labelled_text, list_text
from gait.errors import InputError
from gait.history.athlete_names import clean_name, most_similar
from gait.text_tables import read_text_table
from gait.written_units import read_length_cm

#: Names under which a roster is found beside the clips or the manifest.
ROSTER_NAMES = ("roster.csv", "roster.toml")
#: Body height and leg length that are plausible, cm. [E]
HEIGHT_RANGE_CM, LEG_RANGE_CM = (120.0, 220.0), (50.0, 130.0)
#: Column → what else it may be called.
_COLUMNS = {
    "name": ("name", "athlete", "runner"),
    "height": ("height", "height_cm"),
    "leg_length": ("leg_length", "leg_length_cm", "leg"),
    "aliases": ("aliases", "alias", "nicknames"),
    "squad": ("squad", "team", "group"),
}
_COLUMN_OF = {other: column for column, others in _COLUMNS.items() for other in others}
#: What stands between several aliases in one cell.
_ALIAS_SEPARATORS = str.maketrans({"|": ";", "\n": ";"})
#: Names that a message lists. [E]
_MAX_LISTED = 4


@dataclass(frozen=True)
class RosterEntry:
    """One athlete of a roster.

    Attributes
    ----------
    name : str
    height_m, leg_length_m : float or None
    aliases : tuple of str
        Other spellings of the name, as they occur in names of folders and manifests.
    squad : str or None
    fields : mapping
        Further columns: name → value.
    """

    name: str
    height_m: float | None = None
    leg_length_m: float | None = None
    aliases: tuple[str, ...] = ()
    squad: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def labels(self) -> dict[str, str]:
        """Squad and further columns by name."""
        return {**({"squad": self.squad} if self.squad else {}), **self.fields}


@dataclass(frozen=True)
class Roster:
    """All athletes of a roster.

    Attributes
    ----------
    source : str
        Path or URL of the file.
    entries : tuple of RosterEntry
    problems : tuple of str
        One line for each value or row that cannot be used.
    """

    source: str
    entries: tuple[RosterEntry, ...]
    problems: tuple[str, ...] = ()

    def find(self, name: str) -> tuple[RosterEntry, ...]:
        """Find the athletes that a name may mean: by name or alias, whatever case, accents and order of words.

        Parameters
        ----------
        name : str

        Returns
        -------
        tuple of RosterEntry
            One; none; or several where the name is ambiguous.
        """
        key = roster_key(name)
        by_name = tuple(entry for entry in self.entries if roster_key(entry.name) == key)
        if len(by_name) > 1:  # Zoë and Zoe are two people: then accents decide
            exact = tuple(entry for entry in by_name if fold_name(entry.name) == fold_name(name))
            return exact if len(exact) == 1 else by_name
        if by_name:
            return by_name
        return tuple(entry for entry in self.entries if any(roster_key(alias) == key for alias in entry.aliases))

    def similar(self, name: str) -> list[str]:
        """Suggest names of the roster for one that is not in it.

        Parameters
        ----------
        name : str

        Returns
        -------
        list of str
        """
        try:
            return most_similar(name, [entry.name for entry in self.entries], count=2)
        except InputError:  # the name is none
            return []


def roster_key(name: str) -> str:
    """Return what all spellings of a name share, regardless of case, accents, separators and order of words.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
    """
    return " ".join(sorted(fold_name(name.replace(",", " "), accents=False).split()))


def find_roster(source: str) -> str | None:
    """Find the roster beside the clips or the manifest.

    Parameters
    ----------
    source : str
        Path or URL of the batch: a folder, or a manifest.

    Returns
    -------
    str or None
        Path of the file; ``None`` where there is none, or where the batch lies behind a URL.

    Raises
    ------
    InputError
        There are two.
    """
    if is_url(source):
        return None
    path = local_path(source)
    folder = path if path.is_dir() else path.parent
    found = [name for name in ROSTER_NAMES if (folder / name).is_file() and folder / name != path]
    if len(found) > 1:
        raise InputError(_("{folder}: has {found}; keep one of them").format(folder=folder, found=list_text(found)))
    return join_location(str(folder), found[0]) if found else None


def read_roster(source: str) -> Roster:
    """Read a roster.

    Parameters
    ----------
    source : str
        Path or URL of a CSV file with a column ``name``, or of a TOML file with a table ``[[athlete]]`` for each
        athlete. The other columns are ``height`` and ``leg_length`` (cm), ``aliases`` (semicolons between them) and
        ``squad``; further ones are kept.

    Returns
    -------
    Roster
        A value that cannot be used is missing, and `Roster.problems` says so.

    Raises
    ------
    InputError
        There is no such file, it cannot be read, or it names nobody.
    """
    content = read_file(source)
    toml = PurePosixPath(base_name(source)).suffix.lower() == ".toml"
    rows = _toml_rows(content, source) if toml else _csv_rows(content, source)
    problems: list[str] = []
    entries: list[RosterEntry] = []
    for place, row in rows:
        entry = _entry(place, row, problems)
        if entry is None:
            continue
        twice = next((other for other in entries if fold_name(other.name) == fold_name(entry.name)), None)
        if twice is not None:
            problems.append(
                _("{place}: {entry} is there twice; the first one counts").format(place=place, entry=entry.name)
            )
            continue
        entries.append(entry)
    if not entries:
        reason = problems[0] if problems else _("it is empty")
        raise InputError(
            _("{source}: names no athlete ({reason}); give one row an athlete, with a column 'name'").format(
                source=source, reason=reason
            )
        )
    return Roster(source, tuple(entries), tuple(problems))


def ambiguity(name: str, entries: Iterable[RosterEntry]) -> str:
    """Say that a name may mean several athletes of the roster.

    Parameters
    ----------
    name : str
    entries : iterable of RosterEntry

    Returns
    -------
    str
        One line.
    """
    names = [entry.name for entry in entries]
    listed = list_text(names[:_MAX_LISTED], word="or")
    return _(
        "athlete '{name}' may be {listed} in the roster; give the full name, or an alias that one of them has"
    ).format(name=name, listed=listed)


def _csv_rows(content: bytes, source: str) -> list[tuple[str, dict[str, Any]]]:
    table = read_text_table(content, source)
    header = [_column(cell) for cell in table.header]
    if "name" not in header:
        found = ", ".join(cell for cell in table.header if cell)[:200]
        text = _("{source}: has no column 'name' (found: {found}); the columns are {columns}")
        if not found:
            text = _("{source}: has no column 'name'; the columns are {columns}")
        raise InputError(text.format(source=source, found=found, columns=", ".join(_COLUMNS)))
    twice = next((cell for cell in header if cell and header.count(cell) > 1), None)
    if twice is not None:
        raise InputError(
            _("{source}: the column '{twice}' is there twice; keep one").format(source=source, twice=twice)
        )
    return [(_("row {line}").format(line=line), dict(zip(header, cells, strict=False))) for line, cells in table.rows]


def _toml_rows(content: bytes, source: str) -> list[tuple[str, dict[str, Any]]]:
    try:
        record = parse_toml(content)
    except ValueError as error:
        raise InputError(f"{source}: {error}") from None
    tables = next((record[key] for key in ("athlete", "athletes") if key in record), None)
    if isinstance(tables, Mapping):  # [athletes."Anna Berg"]
        tables = [{"name": name, **row} if isinstance(row, Mapping) else row for name, row in tables.items()]
    if not isinstance(tables, list) or not all(isinstance(row, Mapping) for row in tables):
        raise InputError(
            _("{source}: has no table [[athlete]]; write one for each athlete, with name, height and so on").format(
                source=source
            )
        )
    return [
        (_("athlete {number}").format(number=number), {_column(key): value for key, value in row.items()})
        for number, row in enumerate(tables, start=1)
    ]


def _column(name: str) -> str:
    plain = name.strip().casefold().replace(" ", "_").replace("-", "_")
    return _COLUMN_OF.get(plain, name.strip())


def _entry(place: str, row: Mapping[str, Any], problems: list[str]) -> RosterEntry | None:
    try:
        name = clean_name(str(row.get("name") or ""))
    except InputError as error:
        problems.append(labelled_text(place, str(error) if row.get("name") else _("has no name")))
        return None
    aliases = row.get("aliases") or ()
    given = aliases if isinstance(aliases, list | tuple) else str(aliases).translate(_ALIAS_SEPARATORS).split(";")
    further = {key: _text(value) for key, value in row.items() if key and key not in _COLUMNS}
    return RosterEntry(
        name,
        _length_m(place, name, "height", row.get("height"), HEIGHT_RANGE_CM, problems),
        _length_m(place, name, "leg_length", row.get("leg_length"), LEG_RANGE_CM, problems),
        tuple(text for alias in given if (text := _text(alias))),
        _text(row.get("squad")) or None,
        {key: value for key, value in further.items() if value},
    )


def _text(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split())


def _length_m(
    place: str, name: str, column: str, value: Any, limits: tuple[float, float], problems: list[str]
) -> float | None:
    text = _text(value)
    if not text:
        return None
    number = read_length_cm(text)
    low, high = limits
    if not low <= number <= high:  # also no number at all
        problems.append(f"{place}: {column} '{text}' of {name} is not {low:g} to {high:g} cm; it is left out")
        return None
    return number / 100
