"""What could not be measured, why, and how to film it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gait.display_language import Texts, _
from gait.findings.assessment import Assessment
from gait.findings.knowledge_records import Knowledge
from gait.records import View
from gait.report.camera_drawings import CameraKind, camera_drawing
from gait.report.page_records import FilmingAdvice, MissingMetric

#: What to film, by the kind of camera drawing.
FILMING_TITLES: Mapping[CameraKind, str] = Texts(
    {
        "side": "Film from the side",
        "rear": "Film from behind",
        "rear_tape": "Film from behind, with tape on the pelvis",
        "front": "Film from the front",
    }
)
#: The metric that needs strips of tape on the pelvis.
TAPED = "pelvic_drop"


def missing_metrics(
    assessed: Iterable[Assessment], knowledge: Knowledge
) -> list[tuple[CameraKind | None, MissingMetric]]:
    """List what could not be measured; metrics with the same reasons and the same advice become one item.

    Parameters
    ----------
    assessed : iterable of Assessment
    knowledge : Knowledge

    Returns
    -------
    list of (kind, MissingMetric)
        Kind of the camera drawing that shows how to film it; ``None`` for an unknown metric.
    """
    reasons: dict[str, dict[str, list[str]]] = {}
    for a in assessed:
        if a.verdict == "refused":
            m = a.measurement
            reasons.setdefault(m.key, {}).setdefault(m.reason or _("no reason given"), []).append(m.side)
    names: dict[tuple[tuple[str, ...], CameraKind | None], list[str]] = {}
    for key, sides_by_reason in reasons.items():
        metric = knowledge.metric(key)
        kind: CameraKind | None = metric.views[0] if metric is not None and metric.views else None
        if key.startswith(TAPED):
            kind = "rear_tape"
        sentences = tuple(_reason_sentence(reason, sides) for reason, sides in sides_by_reason.items())
        name = key.replace("_", " ") if metric is None else metric.name
        names.setdefault((sentences, kind), []).append(name)
    return [(kind, MissingMetric(tuple(n), sentences)) for (sentences, kind), n in names.items()]


def filming_advice(
    missing: Sequence[tuple[CameraKind | None, MissingMetric]], knowledge: Knowledge
) -> tuple[FilmingAdvice, ...]:
    """Group what is missing by how to film it.

    Parameters
    ----------
    missing : sequence of (kind, MissingMetric)
        From `missing_metrics`.
    knowledge : Knowledge

    Returns
    -------
    tuple of FilmingAdvice
        One for each kind of clip, with what it would show.
    """
    by_kind: dict[CameraKind, list[MissingMetric]] = {}
    for kind, item in missing:
        if kind is not None:
            by_kind.setdefault(kind, []).append(item)
    return tuple(_advice(kind, tuple(items), knowledge) for kind, items in by_kind.items())


def usual_filming(knowledge: Knowledge) -> tuple[FilmingAdvice, ...]:
    """Say what to film where nothing could be measured at all.

    Parameters
    ----------
    knowledge : Knowledge

    Returns
    -------
    tuple of FilmingAdvice
    """
    return (_advice("side", (), knowledge),)


def _advice(kind: CameraKind, missing: tuple[MissingMetric, ...], knowledge: Knowledge) -> FilmingAdvice:
    view: View = "rear" if kind == "rear_tape" else kind
    return FilmingAdvice(FILMING_TITLES[kind], knowledge.filming[view], camera_drawing(kind), missing)


def _reason_sentence(reason: str, sides: Sequence[str]) -> str:
    """Write a reason as a sentence; a side is named only where the other one has another reason."""
    text = f"{reason[:1].upper()}{reason[1:]}"
    if len(sides) == 1 and sides[0] != "both":
        text = (_("Left: {reason}") if sides[0] == "left" else _("Right: {reason}")).format(reason=reason)
    return text if text.endswith((".", "!", "?")) else f"{text}."
