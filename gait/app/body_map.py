"""The body as a map of areas, front and back: where it hurts, for the questionnaire and for the pain diary.

Left and right are the runner's own. In the drawing from the front the right side therefore lies on the left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from gait.display_language import Texts, _
from gait.errors import InputError
from gait.findings.questions import PAIN_WHERE

Figure = Literal["front", "back"]
#: Key of the areas among stored answers; no question, so it is taken out before answers are parsed.
PAIN_AREAS = "pain_areas"
#: Entry of the diary for a day without pain.
NO_AREA = "none"
#: Size of a drawing.
WIDTH, HEIGHT = 240, 420


@dataclass(frozen=True)
class BodyPart:
    """A part of the body, of which there are two, or one in the middle.

    Attributes
    ----------
    key : str
    option : str
        The answer to the question where it hurts that it stands for (``gait/findings/questions.toml``).
    paths : mapping
        Figure → outline on the drawing's left half, or of the middle.
    paired : bool
    """

    key: str
    option: str
    paths: Mapping[Figure, str]
    paired: bool = True


_KNEE = "M70 286H105L104 316H71Z"
_ARM = "M74 66Q56 70 52 94L36 164L30 196Q30 210 39 209Q46 206 47 196L60 146L75 100Z"
PARTS: Mapping[str, BodyPart] = {
    part.key: part
    for part in (
        BodyPart(
            "hip_front",
            "hip_front",
            {"front": "M97 150L83 208L101 209L109 152Z"},
        ),
        BodyPart("groin", "hip_deep", {"front": "M112 152L119 153V217Q112 219 104 210Z"}),
        BodyPart(
            "hip_outer",
            "hip_side",
            {
                "front": "M82 146L62 190Q59 200 60 208H80L94 150Z",
                "back": "M82 146L62 190Q59 200 60 208H76L90 150Z",
            },
        ),
        BodyPart("buttock", "hip_back", {"back": "M93 151L79 208Q100 222 119 213V154Z"}),
        BodyPart("lower_back", "back", {"back": "M81 106H159L157 141Q120 151 83 141Z"}, paired=False),
        BodyPart("upper_back", "back", {"back": "M78 65Q120 56 162 65L159 102H81Z"}, paired=False),
        BodyPart("thigh_front", "elsewhere", {"front": "M60 212L102 213Q110 222 118 221L106 282H70Z"}),
        BodyPart("thigh_back", "elsewhere", {"back": "M60 212L77 213Q100 226 118 218L106 282H70Z"}),
        BodyPart("knee", "knee", {"front": _KNEE}),
        BodyPart("knee_back", "knee", {"back": _KNEE}),
        BodyPart("shin", "elsewhere", {"front": "M71 320H104L99 374H76Z"}),
        BodyPart("calf", "elsewhere", {"back": "M71 320H104L98 362H77Z"}),
        BodyPart("ankle_foot", "elsewhere", {"front": "M76 378H99L101 398Q102 410 86 411H60Q56 404 68 398Z"}),
        BodyPart("heel", "elsewhere", {"back": "M77 366H98L101 390H74Z"}),
        BodyPart("sole", "elsewhere", {"back": "M74 394H102L103 411H66Q66 400 74 394Z"}),
        BodyPart("shoulder_arm", "elsewhere", {"front": _ARM, "back": _ARM}),
        BodyPart("neck", "elsewhere", {"back": "M108 45H132L138 60Q120 55 102 60Z"}, paired=False),
        BodyPart("chest_belly", "elsewhere", {"front": "M78 65Q120 56 162 65L157 141Q120 149 83 141Z"}, paired=False),
    )
}
#: Part → its name; those of which there are two name the side.
_NAMES = Texts(
    {
        "hip_front": "front of the {side} hip",
        "groin": "{side} groin, or deep inside the hip",
        "hip_outer": "outer side of the {side} hip",
        "buttock": "{side} buttock, back of the hip",
        "lower_back": "lower back",
        "upper_back": "upper back",
        "thigh_front": "front of the {side} thigh",
        "thigh_back": "back of the {side} thigh",
        "knee": "{side} knee",
        "knee_back": "back of the {side} knee",
        "shin": "{side} shin",
        "calf": "{side} calf",
        "ankle_foot": "{side} ankle or top of the foot",
        "heel": "{side} heel or Achilles tendon",
        "sole": "sole of the {side} foot",
        "shoulder_arm": "{side} shoulder or arm",
        "neck": "neck",
        "chest_belly": "chest or belly",
    }
)


@dataclass(frozen=True)
class BodyArea:
    """One area that can be chosen.

    Attributes
    ----------
    id : str
        Such as ``"knee_left"``.
    part : BodyPart
    side : {"left", "right", "both"}
        Of the runner; "both" for the middle.
    """

    id: str
    part: BodyPart
    side: Literal["left", "right", "both"]

    @property
    def name(self) -> str:
        """Its name, in the reader's language."""
        return _NAMES.of_side(self.part.key, self.side)

    def outline(self, figure: Figure) -> tuple[str, bool] | None:
        """Return its outline in a drawing.

        Parameters
        ----------
        figure : {"front", "back"}

        Returns
        -------
        path : str
        mirrored : bool
            Whether the path is of the other side, and is mirrored about the middle. ``None`` where the drawing does
            not show the area.
        """
        path = self.part.paths.get(figure)
        return None if path is None else (path, self.side == ("left" if figure == "front" else "right"))


AREAS: Mapping[str, BodyArea] = {
    area.id: area
    for part in PARTS.values()
    for area in (
        (BodyArea(f"{part.key}_left", part, "left"), BodyArea(f"{part.key}_right", part, "right"))
        if part.paired
        else (BodyArea(part.key, part, "both"),)
    )
}


@dataclass(frozen=True)
class MapFigure:
    """One of the two drawings.

    Attributes
    ----------
    view : {"front", "back"}
    title, left, right : str
        What stands above it, and at its left and right edge.
    areas : tuple of (BodyArea, str, bool)
        With outline, and whether it is mirrored.
    """

    view: Figure
    title: str
    left: str
    right: str
    areas: tuple[tuple[BodyArea, str, bool], ...]


def map_figures() -> tuple[MapFigure, ...]:
    """Lay out both drawings, in the reader's language.

    Returns
    -------
    tuple of MapFigure
    """
    right, left = _("your right"), _("your left")
    figures: list[MapFigure] = []
    for view, title, edges in (
        ("front", _("From the front"), (right, left)),
        ("back", _("From behind"), (left, right)),
    ):
        shown = [(area, area.outline(view)) for area in AREAS.values()]  # type: ignore[arg-type]
        areas = tuple((area, *outline) for area, outline in shown if outline is not None)
        figures.append(MapFigure(view, title, *edges, areas))  # type: ignore[arg-type]
    return tuple(figures)


def area_name(area: str) -> str:
    """Name an area of the pain diary.

    Parameters
    ----------
    area : str
        Its id; other programs may have written any text.

    Returns
    -------
    str
    """
    if area == NO_AREA:
        return _("no pain")
    return AREAS[area].name if area in AREAS else area


def check_areas(areas: Iterable[str]) -> tuple[str, ...]:
    """Refuse areas that do not exist.

    Parameters
    ----------
    areas : iterable of str

    Returns
    -------
    tuple of str
        Each once, in the order of the map.

    Raises
    ------
    InputError
        One is unknown.
    """
    given = set(areas)
    unknown = sorted(given - set(AREAS))
    if unknown:
        raise InputError(_("{area} is no area of the body map").format(area=repr(unknown[0][:40])))
    return tuple(area for area in AREAS if area in given)


def answers_of_areas(areas: Sequence[str]) -> dict[str, Any]:
    """Answer the questions where it hurts, and on which side.

    Parameters
    ----------
    areas : sequence of str

    Returns
    -------
    dict
        ``pain_where``, and ``pain_side`` where an area has a side; empty without areas.
    """
    chosen = [AREAS[area] for area in check_areas(areas)]
    if not chosen:
        return {}
    answers: dict[str, Any] = {PAIN_WHERE: list(dict.fromkeys(area.part.option for area in chosen))}
    sides = {area.side for area in chosen} - {"both"}
    if sides:
        answers["pain_side"] = "both" if len(sides) == 2 else sides.pop()
    return answers


def areas_of_answers(answers: Mapping[str, Any]) -> tuple[str, ...]:
    """Find the areas on the map for answers that were given without it.

    Parameters
    ----------
    answers : mapping
        As in ``answers.toml``.

    Returns
    -------
    tuple of str
        The first area of each answer, on the side that was named; "somewhere else" is on no map.
    """
    where = answers.get(PAIN_WHERE) or ()
    options = {where} if isinstance(where, str) else set(where)
    side = answers.get("pain_side", "both")
    first: dict[str, BodyPart] = {}
    for part in PARTS.values():
        first.setdefault(part.option, part)
    parts = [first[option] for option in options & set(first) - {"elsewhere"}]
    sides = ("left", "right") if side == "both" else (side,)
    chosen = {f"{part.key}_{one}" if part.paired else part.key for part in parts for one in sides}
    return tuple(area for area in AREAS if area in chosen)
