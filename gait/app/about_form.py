"""The form about an athlete: texts become details and answers, and faults stand beside their field."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from starlette.datastructures import FormData

from gait.app.body_map import NO_AREA, PAIN_AREAS, answers_of_areas, check_areas
from gait.app.form_reading import HEIGHT_M, LEG_M, length_m, speed_mps
from gait.display_language import LANGUAGES, _, decimal_sign
from gait.display_units import (
    UNITS,
    Units,
    height_in_units,
    length_in_units,
    number_text,
    show_in,
    speed_in_units,
)
from gait.errors import InputError
from gait.findings.answers import Answers, parse_answer, trigger_is_met
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.questions import PAIN_WHERE, Question
from gait.history.change_text import metric_display
from gait.text_tables import read_number

#: Questions that the body map answers.
BY_MAP = (PAIN_WHERE, "pain_side")
_MAX_NAME = 200


@dataclass
class AboutInput:
    """What a form says.

    Attributes
    ----------
    details : dict
        Changes of the athlete, as `gait.app.athlete_details.change_athlete` takes them.
    answers : dict
        As in ``answers.toml``.
    areas : tuple of str
        Of the body map.
    faults : dict
        Name of a field → one line.
    """

    details: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    areas: tuple[str, ...] = ()
    faults: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AskedTopic:
    """The questions of one topic, without those that the body map answers.

    Attributes
    ----------
    title : str
    questions : tuple of (Question, str)
        With the condition on earlier answers as JSON, "" without one.
    """

    title: str
    questions: tuple[tuple[Question, str], ...]


def asked_topics() -> tuple[AskedTopic, ...]:
    """Lay out the questions beside the body map.

    Returns
    -------
    tuple of AskedTopic
    """
    topics: dict[str, list[tuple[Question, str]]] = {}
    for question in load_knowledge().questions.values():
        if question.id not in BY_MAP:
            topics.setdefault(question.topic, []).append((question, _condition_json(question)))
    return tuple(AskedTopic(title, tuple(questions)) for title, questions in topics.items())


def form_values(athlete: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Fill the form with what is stored.

    Parameters
    ----------
    athlete : mapping
        From `gait.app.athlete_details.get_athlete_details`.
    answers : mapping
        As in ``answers.toml``.

    Returns
    -------
    dict
        Name of a field → texts, in the athlete's units.
    """
    units = units_of(athlete)
    height, leg, speed = (athlete[name] for name in ("height_m", "leg_length_m", "speed_mps"))
    values = {
        "name": athlete["name"],
        "height": "" if height is None else height_in_units(height, units),
        "leg_length": "" if leg is None else length_in_units(100 * leg, units),
        "speed": "" if speed is None else speed_in_units(speed, units),
        "units": units,
        "language": athlete["language"] or "",
        "target_metric": athlete["target_metric"] or "",
        "target_value": target_number_text(athlete),
    }
    filled = {name: [value] for name, value in values.items()}
    questions = load_knowledge().questions
    for key, answer in answers.items():
        if key not in questions or key in BY_MAP:
            continue
        question = questions[key]
        if isinstance(answer, bool):
            filled[key] = ["yes" if answer else "no"]
        elif isinstance(answer, int | float):
            filled[key] = [f"{round(answer * question.shown_factor, 1):g}".replace(".", decimal_sign())]
        else:
            filled[key] = list(answer) if isinstance(answer, list | tuple) else [str(answer)]
    if answers.get(PAIN_WHERE) in ("nowhere", ["nowhere"], ("nowhere",)):
        filled[NO_AREA] = ["1"]
    if "elsewhere" in (answers.get(PAIN_WHERE) or ()):
        filled["elsewhere"] = ["1"]
    return filled


def read_form(form: FormData) -> AboutInput:
    """Read the form.

    Parameters
    ----------
    form : FormData

    Returns
    -------
    AboutInput
        With faults, where a field cannot be understood.
    """
    found = AboutInput()
    _read_details(form, found)
    _read_pain(form, found)
    _read_answers(form, found)
    return found


def read_body_and_belt(form: FormData, units: Units) -> tuple[dict[str, float | None], dict[str, str]]:
    """Read height and speed of the belt as people type them.

    Parameters
    ----------
    form : FormData
        With the fields ``height`` and ``speed``; empty ones say nothing.
    units : {"metric", "imperial", "pace", "imperial-pace"}
        Of numbers without a unit.

    Returns
    -------
    dict
        ``height_m`` and ``speed_mps``.
    dict
        Name of a field → one line, where it cannot be understood.
    """
    faults: dict[str, str] = {}
    height = _read_length(form, "height", HEIGHT_M, units, faults)
    return {"height_m": height, "speed_mps": _read_speed(form, units, faults)}, faults


def units_of(athlete: Mapping[str, Any]) -> Units:
    """Return the units in which an athlete reads values.

    Parameters
    ----------
    athlete : mapping

    Returns
    -------
    {"metric", "imperial", "pace", "imperial-pace"}
    """
    return cast(Units, athlete["units"]) if athlete["units"] in UNITS else "metric"


def target_number_text(athlete: Mapping[str, Any]) -> str:
    """Write an athlete's target as it is shown, without its unit.

    Parameters
    ----------
    athlete : mapping

    Returns
    -------
    str
        Empty without a target.
    """
    metric, value = athlete["target_metric"], athlete["target_value"]
    if value is None or metric not in load_knowledge().metrics:
        return ""
    with show_in(units_of(athlete)):
        display = metric_display(metric, load_knowledge().metrics[metric].unit)
        return number_text(value * display.scale, display.decimals)


def _read_details(form: FormData, found: AboutInput) -> None:
    details, faults = found.details, found.faults
    name = " ".join(_text(form, "name").split())
    if not name:
        faults["name"] = _("Give a name.")
    elif len(name) > _MAX_NAME or any(ord(character) < 32 or ord(character) == 127 for character in name):
        faults["name"] = _("This name cannot be kept; give a shorter one without special characters.")
    details["name"] = name
    units = _text(form, "units") or "metric"
    if units not in UNITS:
        faults["units"], units = _("Choose one of these."), "metric"
    details["units"] = units
    language = _text(form, "language")
    if language and language not in LANGUAGES:
        faults["language"], language = _("Choose one of these."), ""
    details["language"] = language or None
    shown = cast(Units, units)
    details["height_m"] = _read_length(form, "height", HEIGHT_M, shown, faults)
    details["leg_length_m"] = _read_length(form, "leg_length", LEG_M, shown, faults)
    details["speed_mps"] = _read_speed(form, shown, faults)
    details["target_metric"] = details["target_value"] = None
    metric, number = _text(form, "target_metric"), _text(form, "target_value")
    if metric and metric not in load_knowledge().metrics:
        faults["target_metric"] = _("Choose one of these.")
    elif metric:
        with show_in(shown):
            display = metric_display(metric, load_knowledge().metrics[metric].unit)
        value = read_number(number)
        if math.isnan(value) or abs(value) > 1e5:
            faults["target_value"] = _("Give the number that you aim at, or choose no target.")
        else:
            details["target_metric"], details["target_value"] = metric, value / display.scale


def _read_length(
    form: FormData, name: str, limits: tuple[float, float], units: Units, faults: dict[str, str]
) -> float | None:
    text = _text(form, name)
    if not text:
        return None
    length = length_m(text, limits, units)
    if length is None:
        low, high = (height_in_units(limit, units) for limit in limits)
        text = _("Give a length from {low} to {high}.")
        faults[name] = text.format(low=low, high=high)
    return length


def _read_speed(form: FormData, units: Units, faults: dict[str, str]) -> float | None:
    text = _text(form, "speed")
    if not text:
        return None
    speed = speed_mps(text, units)
    if speed is None:
        text = _("Give the speed of the belt, such as {example}.")
        faults["speed"] = text.format(example=speed_in_units(2.8, units))
    return speed


def _read_pain(form: FormData, found: AboutInput) -> None:
    try:
        found.areas = check_areas(str(area) for area in form.getlist("areas"))
    except InputError as error:
        found.faults[PAIN_AREAS] = str(error)
        return
    found.answers = answers_of_areas(found.areas)
    if _text(form, "elsewhere"):
        found.answers[PAIN_WHERE] = list(dict.fromkeys([*found.answers.get(PAIN_WHERE, ()), "elsewhere"]))
    if _text(form, NO_AREA):
        if found.answers:
            found.faults[PAIN_AREAS] = _("“Nothing hurts” and a place that hurts exclude each other.")
        else:
            found.answers = {PAIN_WHERE: ["nowhere"]}


def _read_answers(form: FormData, found: AboutInput) -> None:
    """Read the other answers, in the order of the questions: a question may depend on earlier ones."""
    for question in load_knowledge().questions.values():
        if question.id in BY_MAP:
            continue
        try:
            known = Answers({key: _as_parsed(value) for key, value in found.answers.items()})
            if question.only_if and not trigger_is_met(question.only_if, known):
                continue
            given = _given(form, question)
            if given:
                answer = parse_answer(question, given)
                found.answers[question.id] = list(answer) if isinstance(answer, tuple) else answer
        except InputError:
            found.faults[question.id] = _fault_text(question)


def _given(form: FormData, question: Question) -> str | list[str]:
    texts = [str(text).strip()[:100] for text in form.getlist(question.id) if str(text).strip()]
    if question.kind == "choices" or not texts:
        return texts
    if question.miles and texts[-1][-1:].isdecimal():
        return f"{texts[-1]} {_text(form, f'{question.id}-unit') or 'miles'}"
    return texts[-1]


def _fault_text(question: Question) -> str:
    if question.kind == "number":
        low, high = question.low * question.shown_factor, question.high * question.shown_factor
        text = _("Give a number from {low} to {high}.")
        return text.format(low=number_text(low, 0), high=number_text(math.floor(high), 0))
    if question.none is not None:
        text = _("“{none}” excludes the other answers.")
        return text.format(none=question.option_text(question.none))
    return _("Choose one of these.")


def _as_parsed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip()[: 2 * _MAX_NAME] if isinstance(value, str) else ""


def _condition_json(question: Question) -> str:
    rules: Sequence[dict[str, Any]] = [
        {"question": c.question, "options": list(c.options)} for c in question.only_if if c.options
    ]
    return json.dumps(rules) if rules else ""
