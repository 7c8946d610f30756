"""The season of a squad as a page and as a table: one row an athlete."""

from __future__ import annotations

from collections.abc import Sequence

from gait.history.page_files import render_history_template
from gait.history.season import AthleteSeason
from gait.report.report_json import gait_version
from gait.text_tables import rows_as_csv

#: Columns of the table; squad and further ones follow.
COLUMNS = ("athlete", "here", "sessions", "last", "last_from", "previous", "compared", "changed", "changes", "reason")


def render_season_page(
    seasons: Sequence[AthleteSeason], *, of_batch: bool = False, since: str | None = None, table: str | None = None
) -> str:
    """Render the page as one HTML text that loads nothing.

    Parameters
    ----------
    seasons : sequence of AthleteSeason
    of_batch : bool
        Whether the page is about one batch, in which athletes were filmed or not.
    since : str, optional
        Day from which on an athlete counts as filmed, ISO 8601.
    table : str, optional
        Name of the file beside the page that holds the same as a table.

    Returns
    -------
    str
    """
    ranked = sorted(
        seasons, key=lambda season: (season.here == "not filmed", -len(season.changes), season.name.casefold())
    )
    return render_history_template(
        "season.html.j2",
        seasons=ranked,
        labels=_label_names(seasons),
        changed=[season for season in seasons if season.changes and season.here == "measured"],
        failed=[season for season in ranked if season.here == "failed"],
        absent=[season for season in ranked if season.here == "not filmed"],
        measured=sum(season.here == "measured" for season in seasons),
        of_batch=of_batch,
        since=since,
        version=gait_version(),
        table=table,
    )


def season_csv(seasons: Sequence[AthleteSeason]) -> str:
    """Write the table.

    Parameters
    ----------
    seasons : sequence of AthleteSeason

    Returns
    -------
    str
        CSV with the columns `COLUMNS`, then squad and further ones; changes are separated by semicolons.
    """
    labels = _label_names(seasons)
    rows = [
        (
            season.name,
            season.here,
            season.sessions,
            season.last,
            season.last_from,
            season.previous,
            season.compared,
            len(season.changes),
            "; ".join(change.text for change in season.changes),
            season.reason,
            *(season.labels.get(name) for name in labels),
        )
        for season in seasons
    ]
    return rows_as_csv((*COLUMNS, *labels), rows)


def _label_names(seasons: Sequence[AthleteSeason]) -> list[str]:
    names = dict.fromkeys(name for season in seasons for name in season.labels if name not in COLUMNS)
    return [*(["squad"] if "squad" in names else []), *(name for name in names if name != "squad")]
