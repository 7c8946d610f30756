"""Progress of long work on standard error: bars in a terminal, a line of text now and then elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING

from gait.cli.terminal_output import print_error
from gait.display_language import Texts, _
from gait.display_text import display_text
from gait.display_units import number_text

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from gait._typing import ProgressCallback

#: Work that takes less shows no progress, seconds. [E]
_PATIENCE_S = 1.0
#: Time between two lines of text outside a terminal, seconds. [E]
_LINE_EVERY_S = 10.0
#: Below this rate, units per second, the display leaves it out: it would jump between 0, 1 and 2. [E]
_MIN_RATE = 2.0
#: Letters of a label that are shown. [E]
_LABEL_WIDTH = 40


#: What is being done.
PROGRESS_LABELS: Mapping[str, str] = Texts(
    {"poses": "poses", "report": "report", "side by side": "side by side", "synth": "synth"}, context="progress bar"
)
#: What is counted.
PROGRESS_UNITS: Mapping[str, str] = Texts({"frames": "frames"}, context="progress bar")


class ProgressDisplay:
    """Bars, one for each task at hand; used as a context manager.

    Parameters
    ----------
    quiet : bool
        Show nothing.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._bars: Progress | None = None
        self._rows: dict[str, TaskID] = {}
        self._last_line = monotonic()

    def __enter__(self) -> ProgressDisplay:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def task(self, label: str, unit: str = "frames") -> ProgressCallback:
        """Return the callback that shows the progress of one task; it replaces the bars of earlier tasks.

        Parameters
        ----------
        label : str
            What is being done, one or two words. A number is added when counting starts over, with a second video.
        unit : str
            What is counted.

        Returns
        -------
        callable
            Takes (done, total).
        """
        if self._quiet:
            return lambda done, total: None
        rounds, previous, start = 0, 0, 0.0

        def advance(done: int, total: int | None) -> None:
            nonlocal rounds, previous, start
            now = monotonic()
            if rounds == 0 or done < previous:
                rounds, start, self._last_line = rounds + 1, now, now
                self._remove_all()
            previous = done
            if now - start < _PATIENCE_S:
                return
            work, counted = PROGRESS_LABELS.get(label, label), PROGRESS_UNITS.get(unit, unit)
            text = work if rounds == 1 else f"{work} ({rounds})"
            rate = done / max(now - start, 1e-3)
            note = _("{rate} {unit}/s").format(rate=number_text(rate, 0), unit=counted) if rate > _MIN_RATE else ""
            self.show(text, done, total, note)
            line = _("{work}: {done} {unit}") if total is None else _("{work}: {done} of {total} {unit}")
            self.line(line.format(work=text, done=done, total=total, unit=counted))

        return advance

    def show(self, row: str, done: int, total: int | None, note: str = "") -> None:
        """Draw or update one bar; outside a terminal nothing happens.

        Parameters
        ----------
        row : str
            Label of the bar, which also identifies it; a long one is shown in part.
        done : int
            How much is done.
        total : int or None
            Of how much; ``None`` where that is unknown.
        note : str
            Text behind the bar.
        """
        if self._quiet or not self._terminal:
            return
        if self._bars is None:
            self._bars = _made_bars()
            self._bars.start()
        if row not in self._rows:
            self._rows[row] = self._bars.add_task(display_text(row)[:_LABEL_WIDTH], total=total, note=note)
        self._bars.update(self._rows[row], completed=done, total=total, note=note)

    def remove(self, row: str) -> None:
        """Remove one bar, if it is shown.

        Parameters
        ----------
        row : str
            Its label.
        """
        if self._bars is not None and row in self._rows:
            self._bars.remove_task(self._rows.pop(row))

    def line(self, text: str) -> None:
        """Print a line outside a terminal, unless one was printed a moment ago.

        Parameters
        ----------
        text : str
            The line, without the name of the program.
        """
        now = monotonic()
        if not self._quiet and not self._terminal and now - self._last_line >= _LINE_EVERY_S:
            self._last_line = now
            print_error(text)

    def close(self) -> None:
        """Take all bars off the screen."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None
            self._rows.clear()

    def _remove_all(self) -> None:
        for row in list(self._rows):
            self.remove(row)


def _made_bars() -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from gait.report.terminal_text import terminal_console

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}", markup=False),
        TimeRemainingColumn(),
        console=terminal_console(stderr=True),
        transient=True,
    )
