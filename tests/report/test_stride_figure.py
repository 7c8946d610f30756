"""The moving figure: what stands in the page without a script, what a script moves, print, and what is said."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gait.findings.stride_motion import PHASES, StrideDifference, StrideMotion, StridePair
from gait.report.page_templates import inline_files, template_environment
from gait.report.stride_figure import ALONE_TEXTS, NO_DIFFERENCE, StrideFigure, draw_pair

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)


def motion(bend_deg: float = 90.0, *, arms: bool = True) -> StrideMotion:
    """A crude runner, in leg lengths."""
    turn = 2 * np.pi * np.arange(PHASES) / PHASES
    points = {"head": np.stack([0.1 + 0 * turn, 1.9 + 0 * turn], axis=1)}
    for side, lag in (("left", 0.0), ("right", np.pi)):
        thigh = np.radians(20 + 30 * np.cos(turn + lag))
        shank = thigh - np.radians(20 + bend_deg * (1 - np.cos(turn + lag)) / 2)
        hip = np.stack([0 * turn, 0.95 + 0.03 * np.cos(2 * turn)], axis=1)
        knee = hip + 0.5 * np.stack([np.sin(thigh), -np.cos(thigh)], axis=1)
        ankle = knee + 0.5 * np.stack([np.sin(shank), -np.cos(shank)], axis=1)
        points |= {f"{side}_hip": hip, f"{side}_knee": knee, f"{side}_ankle": ankle}
        points |= {
            f"{side}_heel": ankle + np.array([-0.05, -0.1]),
            f"{side}_foot_index": ankle + np.array([0.2, -0.12]),
        }
        if arms:
            shoulder = hip + np.array([0.05, 0.7])
            points |= {f"{side}_shoulder": shoulder, f"{side}_elbow": shoulder + np.array([-0.1, -0.3])}
            points |= {f"{side}_wrist": shoulder + np.array([0.15, -0.25])}
    return StrideMotion(points)


def difference(part: str, side: str, phases: slice, sign: float = -1.0, lag: float = 0.0) -> StrideDifference:
    above = np.zeros(PHASES)
    above[phases] = sign
    return StrideDifference(part, side, above, (np.arange(PHASES) / PHASES - lag) % 1.0)


def pair(*differences: StrideDifference, alone: str = "", **changed: object) -> StridePair:
    ordinary = None if alone else motion(110.0)
    given = {"toe_off": 0.36, "stride_s": 0.72, "strides": 14, "runners": 0 if alone else 13, **changed}
    return StridePair("left", motion(), ordinary, alone, differences, **given)  # type: ignore[arg-type]


def part_of_page(figure: StrideFigure) -> str:
    return template_environment("gait.report").get_template("stride_figure.html.j2").render(stride=figure)


STIFF = difference("knee", "left", slice(28, 40))


def test_each_difference_is_a_sentence_with_its_time() -> None:
    figure = draw_pair(
        pair(
            STIFF,
            difference("thigh", "right", slice(30, 36), 1.0, lag=0.5),
            difference("knee", "right", slice(0, PHASES), 1.0),
            difference("trunk", "both", slice(0, PHASES), 1.0),
            difference("thigh", "left", slice(48, PHASES)),
        )
    )
    assert [(line.text, line.when) for line in figure.lines] == [
        ("Your left knee bends less than usual.", "You see it while that leg swings forward."),
        ("Your right thigh is further forward than usual.", "You see it while that foot is on the ground."),
        ("Your right knee bends more than usual.", "You see it through most of the stride."),
        ("Your upper body leans further forward than usual.", "You see it through most of the stride."),
        ("Your left thigh is further back than usual.", "You see it around landing."),
    ]
    assert "Your left knee bends less than usual." in figure.description
    assert figure.summary == ""


def test_a_difference_in_both_directions_gives_two_sentences() -> None:
    both = difference("knee", "left", slice(5, 15), 1.0)
    both.above[30:40] = -1.0
    figure = draw_pair(pair(both))
    assert [line.text for line in figure.lines] == [
        "Your left knee bends more than usual.",
        "Your left knee bends less than usual.",
    ]
    assert [flags.count("1") for flags in json.loads(figure.data)["flags"]] == [10, 10]


def test_colour_is_not_the_only_sign_and_comes_at_its_phases_only() -> None:
    figure = draw_pair(pair(STIFF))
    swing = next(m for m in figure.moments if m.title == "Mid-swing")
    landing = next(m for m in figure.moments if m.title == "Landing")
    assert 'class="shank near differs"' in swing.still
    assert 'class="mark differs"' in swing.still
    assert "differs" not in landing.still
    assert "differs" not in swing.still.split('data-figure="ordinary"')[1]


def test_nothing_different_is_said_and_a_runner_alone_is_explained() -> None:
    assert draw_pair(pair()).summary == NO_DIFFERENCE
    for reason, text in ALONE_TEXTS.items():
        figure = draw_pair(pair(alone=reason))
        assert (figure.summary, figure.paired) == (text, False)
        page = part_of_page(figure)
        assert text in page
        assert "Ordinary runner" not in page
        assert list(json.loads(figure.data)["figures"]) == ["you"]


def test_a_skeleton_without_arms_and_head_is_drawn() -> None:
    bare = motion(arms=False)
    bare = StrideMotion({name: values for name, values in bare.points.items() if name != "head"})
    figure = draw_pair(StridePair("right", bare, None, "speed_unknown", (), 0.4, 0.7, 5, 0))
    assert 'class="shank near"' in figure.svg
    assert 'class="arm' not in figure.svg
    assert 'class="head"' not in figure.svg


def test_the_part_of_the_page_is_small_and_its_pictures_fit() -> None:
    figure = draw_pair(pair(STIFF, difference("thigh", "right", slice(5, 25), 1.0)))
    size = len(part_of_page(figure)) + len(inline_files("gait.report", "stride_figure.css", "stride_figure.js"))
    assert size < 60_000
    width, height = (int(v) for v in re.findall(r'viewBox="0 0 (\d+) (\d+)"', figure.svg)[0])
    for values in json.loads(figure.data)["figures"].values():
        xy = np.reshape(values, (PHASES, -1, 2))
        assert (xy >= 0).all()
        assert (xy[..., 0] <= width).all()
        assert (xy[..., 1] <= height).all()


sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM)
        yield running
        running.close()


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    style = inline_files("gait.report", "report.css", "stride_figure.css")
    script = inline_files("gait.report", "stride_figure.js")
    path = tmp_path_factory.mktemp("stride") / "page.html"
    body = part_of_page(draw_pair(pair(STIFF)))
    head = '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    path.write_text(f"{head}<style>{style}</style><main>{body}</main><script>{script}</script>", encoding="utf-8")
    return path


def shank(page: sync_api.Page) -> str:
    return str(page.locator(".stride-moving .you .shank.near").get_attribute("d"))


@needs_browser
def test_the_figure_plays_pauses_and_jumps(browser: sync_api.Browser, page_file: Path) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(page_file.as_uri())
    play = page.locator(".stride-play")
    page.wait_for_timeout(300)
    assert play.text_content() == "Pause"  # it plays once it is in sight
    moving = shank(page)
    page.wait_for_timeout(200)
    assert shank(page) != moving
    play.click()
    still = shank(page)
    page.wait_for_timeout(150)
    assert shank(page) == still
    page.get_by_role("button", name="Mid-swing").click()
    assert page.locator(".stride-moving .you .shank.near.differs").count() == 1
    assert page.locator(".stride-moving .mark.differs").is_visible()
    assert "now" in str(page.locator(".stride-lines li").get_attribute("class"))
    page.get_by_role("slider").fill("0")
    assert page.locator(".stride-moving .differs").count() == 0
    for button in page.get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults == []
    page.close()


@needs_browser
def test_it_stands_still_for_those_who_want_no_motion(browser: sync_api.Browser, page_file: Path) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    page.goto(page_file.as_uri())
    first = shank(page)
    page.wait_for_timeout(300)
    assert shank(page) == first
    assert page.get_by_role("button", name="Landing").get_attribute("aria-pressed") == "true"
    page.close()


@needs_browser
def test_without_script_there_is_a_still_picture_and_in_print_there_are_four(
    browser: sync_api.Browser, page_file: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert page.locator(".stride-moving svg").is_visible()
    assert page.locator(".stride-controls").is_hidden()
    page.emulate_media(media="print")
    assert page.locator(".stride-moving").is_hidden()
    assert [s.is_visible() for s in page.locator(".stride-stills svg").all()] == [True] * 4
    context.close()
