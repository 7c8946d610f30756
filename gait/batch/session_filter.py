"""Which sessions of a batch are analysed: ``squad=U20``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gait.batch.clip_names import fold_name
from gait.batch.planned_session import PlannedSession
from gait.display_language import _, list_text
from gait.errors import InputError

#: Names that every session has, besides the columns of manifest and roster.
_OWN_COLUMNS = ("athlete", "date", "session")
#: Names that a message lists. [E]
_MAX_LISTED = 12


@dataclass(frozen=True)
class SessionFilter:
    """Conditions on columns of the manifest and the roster.

    Attributes
    ----------
    wanted : mapping
        Column → values, of which the session must have one; all columns must fit.
    """

    wanted: Mapping[str, tuple[str, ...]]

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Check whether something with these labels is wanted, whatever case, accents and separators.

        Parameters
        ----------
        labels : mapping
            Column → value.

        Returns
        -------
        bool
        """
        folded = {_fold(name): _fold(value) for name, value in labels.items()}
        return all(
            folded.get(_fold(name), "") in {_fold(value) for value in values} for name, values in self.wanted.items()
        )


def parse_filter(conditions: Sequence[str]) -> SessionFilter:
    """Parse conditions such as ``squad=U20``.

    Parameters
    ----------
    conditions : sequence of str
        Of several with the same column one must fit, and every column must.

    Returns
    -------
    SessionFilter

    Raises
    ------
    InputError
        A condition has no ``=``, or no column before it.
    """
    wanted: dict[str, tuple[str, ...]] = {}
    for condition in conditions:
        column, sign, value = condition.partition("=")
        column, value = column.strip(), value.strip()
        if not sign or not column:
            raise InputError(
                _("the condition '{condition}' is not COLUMN=VALUE, such as squad=U20").format(condition=condition)
            )
        wanted[column] = (*wanted.get(column, ()), value)
    return SessionFilter(wanted)


def session_labels(session: PlannedSession) -> dict[str, str]:
    """Return everything by which a session can be filtered.

    Parameters
    ----------
    session : PlannedSession

    Returns
    -------
    dict
        Column → value: athlete, date, session, and the columns of manifest and roster.
    """
    own = {"athlete": session.athlete or "", "date": session.date or "", "session": session.name}
    return {**own, **session.labels}


def select_sessions(sessions: Sequence[PlannedSession], wanted: SessionFilter) -> set[str]:
    """Select the sessions that fit a filter.

    Parameters
    ----------
    sessions : sequence of PlannedSession
    wanted : SessionFilter

    Returns
    -------
    set of str
        Their slugs.

    Raises
    ------
    InputError
        No session has one of the columns, or none fits.
    """
    labels = {session.slug: session_labels(session) for session in sessions}
    columns = list(dict.fromkeys([*_OWN_COLUMNS, *(name for names in labels.values() for name in names)]))
    known = {_fold(name) for name in columns}
    for name in wanted.wanted:
        if _fold(name) not in known:
            listed = ", ".join(columns[:_MAX_LISTED])
            raise InputError(
                _("no session has a column '{name}'; the columns are {listed}").format(name=name, listed=listed)
            )
    selected = {slug for slug, of_session in labels.items() if wanted.matches(of_session)}
    if not selected:
        asked = list_text([f"{name}={'|'.join(values)}" for name, values in wanted.wanted.items()])
        raise InputError(_("no session has {asked}; check the spelling").format(asked=asked))
    return selected


def _fold(text: str) -> str:
    return fold_name(text, accents=False)
