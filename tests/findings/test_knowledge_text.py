"""Texts of the knowledge files and their translation."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from importlib import resources
from typing import Any

import pytest

from gait.display_language import speak
from gait.findings.exercises import Exercise, load_exercises
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_text import TEXT_FIELDS, sided_messages, text_messages, translate_tables
from gait.findings.next_step import load_steps
from gait.findings.patterns import load_patterns


def read(file: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("gait.findings") / file).read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", TEXT_FIELDS)
def test_english_stays_as_it_is(file: str) -> None:
    assert translate_tables(file, read(file)) == read(file)


@pytest.mark.parametrize("file", TEXT_FIELDS)
def test_every_field_of_text_exists_and_gives_messages(file: str) -> None:
    named = {comment.rsplit(", ", 1)[1] for _, comment in text_messages(file, read(file))}
    wanted = {field for field in TEXT_FIELDS[file] if "." not in field}
    assert wanted <= named


def test_a_text_about_one_leg_is_one_message_a_leg() -> None:
    assert sided_messages("Your {side} foot") == ["Your left foot", "Your right foot"]
    assert sided_messages("Your feet") == ["Your feet"]
    messages = {message for message, _ in text_messages("metrics.toml", read("metrics.toml"))}
    assert not any("{side}" in message for message in messages)


def test_loaded_knowledge_follows_the_language_and_keeps_its_keys() -> None:
    english = load_knowledge()
    with speak("de"):
        german = load_knowledge()
        assert load_knowledge() is german
    assert load_knowledge() is english
    assert list(german.metrics) == list(english.metrics)
    assert german.articles == english.articles
    assert german.papers == english.papers
    differing = [k for k, m in english.metrics.items() if german.metrics[k].name != m.name]
    assert len(differing) == len(english.metrics)
    for key, question in english.questions.items():
        assert german.questions[key].option_ids == question.option_ids
        assert german.questions[key].only_if == question.only_if
    for key, entry in english.corrections.items():
        assert (german.corrections[key].when, german.corrections[key].slot) == (entry.when, entry.slot)
        assert german.corrections[key].text != entry.text


def test_exercises_steps_and_patterns_follow_the_language() -> None:
    texts = TEXT_FIELDS["exercises.toml"]
    english = load_exercises(), load_steps(), load_patterns()
    with speak("es"):
        spanish = load_exercises(), load_steps(), load_patterns()
    for one, other in zip(english[0], spanish[0], strict=True):
        assert one.how != other.how
        same = [f.name for f in fields(Exercise) if f.name not in texts]
        assert [getattr(one, name) for name in same] == [getattr(other, name) for name in same]
    assert [step.code for step in english[1][0]] == [step.code for step in spanish[1][0]]
    assert english[1][1].keys() == spanish[1][1].keys()
    assert english[1][2] == spanish[1][2]
    assert [p.corrections for p in english[2]] == [p.corrections for p in spanish[2]]
    assert english[2][0].headline != spanish[2][0].headline
