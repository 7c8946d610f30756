"""Spellings of one name, and names that are similar."""

from __future__ import annotations

import pytest

from gait.errors import InputError
from gait.history.athlete_history import History
from gait.history.athlete_names import clean_name, most_similar, name_key, name_similarity, similar_pairs
from tests.made_reports import report


@pytest.mark.parametrize("name", ["", "   ", "\x1b", "x" * 300])
def test_a_text_that_is_no_name_is_refused(history: History, name: str) -> None:
    with pytest.raises(InputError):
        history.add(report(), athlete=name)


def test_a_name_is_cleaned_for_display_and_folded_for_comparison() -> None:
    assert clean_name("  Zoe\u0308 \t Müller\x1b ") == "Zoë Müller"
    assert name_key("ZOË  müller") == name_key("Zoe\u0308 Mu\u0308ller")


def test_similarity_ignores_accents_and_the_order_of_words() -> None:
    assert name_similarity("Müller Zoë", "zoe muller") == 1.0
    assert 0.8 < name_similarity("Anna Berg", "Ana Berg") < 1.0
    assert name_similarity("Anna Berg", "Tom Otto") == 0.0
    assert most_similar("Ana Berg", ["Tom Otto", "Anna Berg", "Ana Bergh"], count=1) == ["Ana Bergh"]
    assert similar_pairs(["Anna Berg", "Tom Otto", "Berg Anna"]) == [("Anna Berg", "Berg Anna", 1.0)]
