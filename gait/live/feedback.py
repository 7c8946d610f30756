"""When something is said: only outside the band, and less from session to session.

Bandwidth feedback is silent inside a band. The programme follows studies of runners: eight sessions, feedback reduced
over the last four (Willy 2012; the protocol of 15 to 30 min over two weeks: table 4 of the review in Sensors 2020, 20,
6637), and a test without feedback a month later (Crowell & Davis 2011; Willy 2016). The lengths between the first and
the last session, and the shares of feedback in the last four, are engineering choices. [E]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Sessions of the programme.
PROGRAMME_SESSIONS = 8
#: Minutes of the first and of the last session.
FIRST_MIN, LAST_MIN = 15.0, 30.0
#: Share of the time with feedback in sessions 5 to 8; 1 before. [E]
FADED_SHARES = (0.75, 0.5, 0.25, 0.1)
#: Seconds without feedback at the start of every session: what has been kept since the last one. [E]
OPENING_S = 60.0
#: Feedback comes in its share of every such period, s. [E]
PERIOD_S = 120.0
#: Minutes of the retention test, and days after the last session at which it is due (Crowell & Davis 2011: 1 month).
RETENTION_MIN, RETENTION_DAYS = 5.0, 30
#: A session counts as one of the programme from so many minutes on. [E]
COUNTED_MIN = 5.0
#: How far outside the band, as a share of its width, feedback begins; it ends inside. Without it, a value at the edge
#: would switch the sound with every step. [E]
MARGIN = 0.05

BandState = Literal["inside", "low", "high"]
SessionKind = Literal["programme", "free", "retention"]


@dataclass(frozen=True)
class SessionPlan:
    """What one session is.

    Attributes
    ----------
    kind : {"programme", "free", "retention"}
    number : int or None
        In the programme, from 1.
    minutes : float
    share : float
        Of the time with feedback, after the opening.
    """

    kind: SessionKind
    number: int | None
    minutes: float
    share: float

    def has_feedback(self, elapsed_s: float) -> bool:
        """Say whether feedback may be given.

        Parameters
        ----------
        elapsed_s : float
            Seconds since the session began.

        Returns
        -------
        bool
        """
        if self.kind == "free":
            return True
        if self.kind == "retention" or elapsed_s < OPENING_S:
            return False
        return (elapsed_s - OPENING_S) % PERIOD_S < self.share * PERIOD_S


def plan_session(kind: SessionKind, done: int = 0) -> SessionPlan:
    """Plan a session.

    Parameters
    ----------
    kind : {"programme", "free", "retention"}
    done : int
        Sessions of the programme that have been run.

    Returns
    -------
    SessionPlan
        After the eighth session of the programme, the eighth again.
    """
    if kind == "free":
        return SessionPlan("free", None, LAST_MIN, 1.0)
    if kind == "retention":
        return SessionPlan("retention", None, RETENTION_MIN, 0.0)
    number = min(done + 1, PROGRAMME_SESSIONS)
    minutes = FIRST_MIN + (LAST_MIN - FIRST_MIN) * (number - 1) / (PROGRAMME_SESSIONS - 1)
    unfaded = PROGRAMME_SESSIONS - len(FADED_SHARES)
    share = 1.0 if number <= unfaded else FADED_SHARES[number - unfaded - 1]
    return SessionPlan("programme", number, float(round(minutes)), share)


class TargetZone:
    """Where a value should be, with a margin that keeps the sound from flickering.

    Parameters
    ----------
    low, high : float
        In the metric's unit, low below high.
    """

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high
        self._state: BandState = "inside"

    def state_of(self, value: float) -> BandState:
        """Compare the next value with the band.

        Parameters
        ----------
        value : float

        Returns
        -------
        {"inside", "low", "high"}
        """
        margin = MARGIN * (self.high - self.low) if self._state == "inside" else 0.0
        self._state = "low" if value < self.low - margin else "high" if value > self.high + margin else "inside"
        return self._state
