"""The season of a squad as a page and as a table: one row an athlete."""

from __future__ import annotations

from collections.abc import Sequence

from gait.display_language import _, as_sentence, labelled_text, ngettext
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
        headline=_headline([season for season in seasons if season.changes and season.here == "measured"]),
        lead=_lead(seasons, of_batch=of_batch, since=since),
        labels=_label_names(seasons),
        absent=[season for season in ranked if season.here == "not filmed"],
        of_batch=of_batch,
        since=since,
        version=gait_version(),
        table=table,
    )


def _headline(changed: Sequence[AthleteSeason]) -> str:
    if not changed:
        return _("No athlete has really changed since last time")
    text = ngettext(
        "{name} has really changed since last time",
        "{count} athletes have really changed since last time",
        len(changed),
    )
    return text.format(name=changed[0].name, count=len(changed))


def _lead(seasons: Sequence[AthleteSeason], *, of_batch: bool, since: str | None) -> str:
    """Say how many athletes there are, were measured, and were not."""
    here = [season.here for season in seasons]
    measured, failed, absent = (here.count(state) for state in ("measured", "failed", "not filmed"))
    if of_batch:
        text = ngettext("{count} measured in this batch", "{count} measured in this batch", measured)
    elif since:
        text = ngettext("{count} measured since {date}", "{count} measured since {date}", measured)
    else:
        text = ngettext("{count} measured", "{count} measured", measured)
    parts = [text.format(count=measured, date=since)]
    if failed:
        text = ngettext("{count} filmed without a result", "{count} filmed without a result", failed)
        parts.append(text.format(count=failed))
    if absent:
        parts.append(ngettext("{count} not filmed", "{count} not filmed", absent).format(count=absent))
    athletes = ngettext("{count} athlete", "{count} athletes", len(seasons)).format(count=len(seasons))
    return as_sentence(labelled_text(athletes, ", ".join(parts)))


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
