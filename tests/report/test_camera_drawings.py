from __future__ import annotations

import re
from typing import get_args
from xml.etree import ElementTree

import pytest

from gait.report.camera_drawings import LABELS, CameraKind, camera_drawing

SVG = "{http://www.w3.org/2000/svg}"
KINDS: tuple[CameraKind, ...] = get_args(CameraKind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_drawing_is_well_formed_and_its_texts_lie_inside(kind: CameraKind) -> None:
    svg = str(camera_drawing(kind))
    root = ElementTree.fromstring(svg)
    width, height = (int(v) for v in str(root.get("viewBox")).split()[2:])
    assert root[0].text == LABELS[kind]
    texts = list(root.iter(f"{SVG}text"))
    assert len(texts) >= 2
    size = float(next(g.get("font-size") for g in root.iter(f"{SVG}g") if g.get("font-size")) or 0)
    for text in texts:
        x, y, long = float(text.get("x") or 0), float(text.get("y") or 0), 0.58 * size * len(text.text or "")
        left = {"middle": x - long / 2, "end": x - long}[str(text.get("text-anchor"))]
        assert 0 <= left <= width - long, text.text
        assert size * 0.7 <= y <= height - size * 0.2, text.text
    assert len(svg) < 9000


@pytest.mark.parametrize("kind", KINDS)
def test_texts_can_be_translated(kind: CameraKind) -> None:
    svg = camera_drawing(kind, labels={key: f"<{key}>" for key in LABELS})
    assert all(f"&lt;{key}&gt;" in svg for key in re.findall("&lt;([a-z_]+)&gt;", svg))
    assert not any(text in svg for text in LABELS.values())


def test_only_the_rear_view_with_tape_shows_tape() -> None:
    assert [kind for kind in KINDS if "--exercise-tape" in camera_drawing(kind)] == ["rear_tape"]
    assert LABELS["tape"] in camera_drawing("rear_tape")


@pytest.mark.parametrize("kind", ["side", "rear", "rear_tape"])
def test_height_and_distance_are_told(kind: CameraKind) -> None:
    svg = camera_drawing(kind)
    assert LABELS["height"] in svg
    assert LABELS["distance"] in svg
