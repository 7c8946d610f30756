"""Tables as text (CSV): the one reader of what spreadsheets write, and the one writer of what they may open.

Reading takes every separator, encoding and decimal sign that spreadsheets use. Writing follows OWASP ("CSV Injection"):
a text that a spreadsheet would take for a formula gets an apostrophe before it; reading takes it off again.
"""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from gait._typing import FloatArray
from gait.display_language import N_, _, gettext
from gait.display_text import display_text, encodable_text
from gait.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_SEPARATORS = ",;\t|"
#: First line by which Excel is told the separator: ``sep=;``, also in quotation marks and with empty cells after it.
_SEPARATOR_LINE = re.compile(r'\s*"?sep=(\\t|[^\w\s"]|\t)"?[,;\t|]*\s*', re.IGNORECASE)
#: A formula begins after the start of a cell, and after what separates cells in a spreadsheet of another country.
#: OWASP lists = + - @ tab and carriage return; Excel takes the wide forms of Asian keyboards for the same.
_FORMULA = re.compile(r"(^|[;\t\r\n])('*)(?=[=+\-@＝＋－＠\t\r])")
_GUARDED = re.compile(r"(^|[;\t\r\n])'('*)(?=[=+\-@＝＋－＠\t\r]|\\r)")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?", re.IGNORECASE)
#: Blanks that spreadsheets put between thousands: no-break, narrow no-break, thin.
_BLANKS = str.maketrans({"\u00a0": "", "\u202f": "", "\u2009": "", "\u2212": "-"})
#: Share of NUL bytes that makes bytes UTF-16 without a mark, and of control characters that makes them no text. [E]
_UTF16_SHARE, _BINARY_SHARE = 0.2, 0.1
#: Bytes and lines from which encoding and separator are guessed. [E]
_GUESS_BYTES, _GUESS_LINES = 4096, 20
#: Beginnings of files that people rename to .csv, and what to do. Formats' own magic numbers.
_OTHER_FILES = {
    b"PK\x03\x04": N_("{name}: is a spreadsheet or zip file, not a table of text; save it as CSV"),
    b"\xd0\xcf\x11\xe0": N_("{name}: is an Excel file, not a table of text; save it as CSV"),
    b"%PDF": N_("{name}: is a PDF file, not a table of text; save it as CSV"),
}


@dataclass(frozen=True, eq=False)
class TextTable:
    """A table of text, read row by row.

    Attributes
    ----------
    name : str
        Its file, for messages.
    header : tuple of str
        Names of the columns, without blanks around them.
    rows : iterator of (int, tuple of str)
        Number of the line and cells of each row that is not empty; to be used once.
    """

    name: str
    header: tuple[str, ...]
    rows: Iterator[tuple[int, tuple[str, ...]]]

    def numbers(self) -> FloatArray:
        """Read all rows as numbers.

        Returns
        -------
        (rows, columns) float array
            NaN where a cell is empty, missing or no number. Cells beyond the header are left out.
        """
        width = len(self.header)
        rows = [_row_of_numbers(cells, width) for _, cells in self.rows]
        return np.stack(rows) if rows else np.empty((0, width))


def decode_text(content: bytes) -> str:
    """Decode the bytes of a text file that somebody's program wrote.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    str
        From UTF-8, UTF-16 or UTF-32, with a byte order mark or (UTF-8, UTF-16) without; everything else counts as
        Windows-1252.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace").lstrip("\ufeff")
    start = content[:_GUESS_BYTES]
    if start:
        even, odd = start[::2].count(0), start[1::2].count(0)
        if max(even, odd) > _UTF16_SHARE * len(start) and min(even, odd) < 0.1 * max(even, odd):
            return content.decode("utf-16-le" if odd > even else "utf-16-be", errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_text_table(content: bytes, name: str) -> TextTable:
    """Read a table: comma, semicolon, tab or ``|`` between the cells, with or without a line ``sep=``.

    Parameters
    ----------
    content : bytes
        Of the file; see `decode_text`.
    name : str
        Its file, for messages.

    Returns
    -------
    TextTable
        The header is empty where the file is. Apostrophes that `csv_text` put before texts are gone.

    Raises
    ------
    InputError
        The file is no text. While the rows are read: quotation marks that are not closed.
    """
    refusal = next((text for magic, text in _OTHER_FILES.items() if content.startswith(magic)), None)
    if refusal is not None:
        raise InputError(gettext(refusal).format(name=name))
    text = decode_text(content)
    start = text[:_GUESS_BYTES]
    if sum(c < " " and c not in "\t\r\n\0" for c in start) + start.count("\ufffd") > _BINARY_SHARE * len(start):
        raise InputError(gettext("{name}: is not a table of text (CSV)").format(name=name))
    lines = io.StringIO(text, newline="")
    first, skipped = lines.readline(), 0
    if (stated := _SEPARATOR_LINE.fullmatch(first)) is not None:
        separator, skipped = stated[1].replace("\\t", "\t"), 1
    else:
        separator = _guess_separator(text)
        lines.seek(0)
    rows = _cells(lines, separator, name, skipped)
    _, header = next(rows, (0, ()))
    return TextTable(name, tuple(cell.strip() for cell in header), rows)


def _guess_separator(text: str) -> str:
    """Choose the separator that the first lines have most often outside of quotation marks."""
    filled = (line for line in io.StringIO(text) if line.strip())
    lines = [re.sub(r'"[^"]*"', "", line) for line in islice(filled, _GUESS_LINES)]
    if not lines:
        return ","
    # The header decides; where it has two candidates, the rows do (decimal commas are in the rows only).
    found = {mark: lines[0].count(mark) for mark in _SEPARATORS}
    return max(_SEPARATORS, key=lambda mark: (found[mark], sum(line.count(mark) == found[mark] for line in lines)))


def _cells(lines: Iterable[str], separator: str, name: str, skipped: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    used: list[str] = []

    def noted() -> Iterator[str]:
        for line in lines:
            used.append(line)
            yield line

    reader = csv.reader(noted(), delimiter=separator)
    while True:
        used.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(
                _("{name}: line {skipped} is not CSV: {error}").format(
                    name=name, skipped=reader.line_num + skipped, error=error
                )
            ) from None
        line = reader.line_num + skipped
        if len(used) > 1 and _never_closes("".join(used), separator):  # it has swallowed all rows below it
            raise InputError(
                _("{name}: line {count} has a quotation mark that is not closed").format(
                    name=name, count=line - len(used) + 1
                )
            )
        if any(cell.strip() for cell in cells):
            yield line, tuple(map(unguarded_text, cells))


def _never_closes(row: str, separator: str) -> bool:
    if row.count('"') % 2 == 0:
        return False
    try:
        list(csv.reader([row], delimiter=separator, strict=True))
    except csv.Error as error:
        return "end of data" in str(error)
    return False


def _row_of_numbers(cells: Sequence[str], width: int) -> FloatArray:
    row = np.full(width, np.nan)
    try:
        row[: min(len(cells), width)] = np.array(cells[:width], dtype=float)
    except ValueError:  # an empty cell, a decimal comma, a word
        row[: min(len(cells), width)] = [read_number(cell) for cell in cells[:width]]
    return row


def read_number(text: str) -> float:
    """Read a number as a person or a spreadsheet of any country writes it.

    Parameters
    ----------
    text : str
        With a decimal point or a decimal comma. Where both occur the last one is the decimal sign and the others stand
        between thousands; a comma alone is a decimal comma.

    Returns
    -------
    float
        NaN for everything that is no number; ``inf`` and ``nan`` are none.

    Examples
    --------
    >>> read_number("1,75"), read_number("1.234,5"), read_number("1,234.5"), read_number("-1e-3"), read_number("12 cm")
    (1.75, 1234.5, 1234.5, -0.001, nan)
    """
    plain = text.strip().translate(_BLANKS).replace("'", "")
    if "," in plain and "." in plain:
        thousands = "," if plain.rindex(".") > plain.rindex(",") else "."
        groups = plain[: plain.rindex("," if thousands == "." else ".")].lstrip("+-").split(thousands)
        if not groups[0] or any(len(group) != 3 for group in groups[1:]):
            return math.nan
        plain = plain.replace(thousands, "")
    return float(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) else math.nan


def guarded_text(text: str) -> str:
    r"""Put an apostrophe before what a spreadsheet would take for a formula; a number stays a number.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        What `unguarded_text` turns back.

    Examples
    --------
    >>> guarded_text("=1+1"), guarded_text("-5.2"), guarded_text("@SUM(1)"), guarded_text("Anna")
    ("'=1+1", '-5.2', "'@SUM(1)", 'Anna')
    """
    return text if _NUMBER.fullmatch(text) else _FORMULA.sub(r"\1'\2", text)


def unguarded_text(text: str) -> str:
    """Take off the apostrophes of `guarded_text`.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return _GUARDED.sub(r"\1\2", text) if "'" in text else text


def csv_text(table: pd.DataFrame, *, float_format: str | None = None) -> str:
    r"""Write a table as CSV: every CSV file of gait is made here.

    Parameters
    ----------
    table : pandas.DataFrame
        Texts in it may come from anybody.
    float_format : str, optional
        Of numbers, such as ``"%.6g"``.

    Returns
    -------
    str
        Commas, one header, lines that end with ``\n``. Missing values are empty cells. Texts have no formulas
        (`guarded_text`) and nothing invisible (`display_text`, which leaves tabs and line breaks within a cell).
    """
    return _mapped(table, safe_cell).to_csv(index=False, lineterminator="\n", float_format=float_format)


def safe_cell(value: Any) -> Any:
    """Make one cell safe for CSV.

    Parameters
    ----------
    value : object

    Returns
    -------
    object
        A str guarded and visible; everything else unchanged.
    """
    return display_text(guarded_text(value), keep="\n\t") if isinstance(value, str) else value


def rows_as_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Write rows as CSV, as `csv_text` does, without pandas.

    Parameters
    ----------
    header : sequence of str
    rows : iterable of sequence
        ``None`` becomes an empty cell.

    Returns
    -------
    str
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([safe_cell(cell) for cell in row] for row in (header, *rows))
    return text.getvalue()


def encodable_table(table: pd.DataFrame) -> pd.DataFrame:
    """Replace what UTF-8 has no bytes for, so that a table can be stored as Parquet; formulas and all else stay.

    Parameters
    ----------
    table : pandas.DataFrame

    Returns
    -------
    pandas.DataFrame
    """
    return _mapped(table, lambda value: encodable_text(value) if isinstance(value, str) else value)


def _mapped(table: pd.DataFrame, change: Callable[[Any], Any]) -> pd.DataFrame:
    """Change all texts of a table: names of columns, and cells of columns that hold texts."""
    import pandas as pd

    columns = {}
    for position, kind in enumerate(table.dtypes):
        cells = table.iloc[:, position]
        if not isinstance(kind, np.dtype) or kind.kind == "O":
            changed = [change(cell) for cell in cells]
            if any(isinstance(old, str) and new != old for new, old in zip(changed, cells, strict=True)):
                cells = pd.Series(changed, index=table.index, dtype=object)
        columns[position] = cells
    made = pd.DataFrame(columns, index=table.index)
    made.columns = pd.Index([change(name) for name in table.columns])
    return made
