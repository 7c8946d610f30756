"""The content of the report as records: what stands where, and that its parts agree."""

from __future__ import annotations

from gait.display_units import show_in
from gait.findings.answers import parse_answers
from gait.findings.assessment import compare_with_bands
from gait.findings.comparison_counts import count_comparisons
from gait.records import Runner
from gait.report.page_content import build_page
from gait.report.page_records import ReportPage
from tests.fake_sessions import FakeSession, fake_session, fake_view, measured, typical_measurements


def page_of(session: FakeSession) -> ReportPage:
    return build_page(session, stills={}, players={}, plots={})  # type: ignore[arg-type]


def test_page_and_terminal_count_alike() -> None:
    session = fake_session(typical_measurements())
    page = page_of(session)
    counts = count_comparisons(compare_with_bands(session.measurements, session.runner))
    assert len(page.good) == len(counts.fine) + len(counts.no_concern)
    in_findings = {key for finding in (*session.findings, *session.likely) for key in (finding.metric, *finding.parts)}
    beside = [key for key in (*counts.clear, *counts.likely) if key not in in_findings]
    assert len(page.open) == len(counts.open) + len(counts.unmeasured) + len(beside)


def test_a_metric_without_value_says_how_to_film_it() -> None:
    (pelvis,) = [one for one in page_of(fake_session()).filming if "tape" in one.title]
    assert "Film from straight behind" in pelvis.text


def test_what_no_film_shows_better_is_listed_apart() -> None:
    odd = measured("odd_key", None, grade="refused", unit="x")
    page = page_of(fake_session([odd]))
    assert [item.names for item in page.unfilmable] == [("odd key",)]
    assert page.filming == ()


def test_notices_leave_out_what_the_page_says_elsewhere() -> None:
    session = fake_session(answers=parse_answers({"no_weight": True}))
    page = page_of(session)
    assert len(session.notices) > len(page.notices)
    assert not any("see a doctor now" in notice for notice in page.notices)
    assert page.panel.urgency == "now"


def test_facts_of_a_runner_are_written_as_given() -> None:
    facts = dict(page_of(fake_session(runner=Runner(None, 1.80, None, 2.5))).facts)
    assert facts == {"Speed": "9.0 km/h", "Height": "180 cm", "Leg length": "95 cm (53 % of height)"}


def test_facts_follow_the_units_of_the_reader() -> None:
    with show_in("imperial"):
        facts = dict(page_of(fake_session(runner=Runner(None, 1.80, None, 2.5))).facts)
    assert facts == {"Speed": "5.6 mph", "Height": "5 ft 11 in", "Leg length": "38 in (53 % of height)"}
    assert dict(page_of(fake_session(runner=Runner())).facts) == {"Speed": "not given", "Height": "not given"}


def test_the_clip_counts_as_too_short_in_real_time() -> None:
    slow = fake_view(playback_fps=30.0, capture_fps=240.0, duration_s=400.0)
    assert page_of(fake_session(views=[slow])).too_short
    assert not page_of(fake_session(views=[fake_view(duration_s=400.0)])).too_short


def test_sources_are_cited_without_a_stray_sign() -> None:
    page = page_of(fake_session())
    assert page.papers
    assert not [paper for paper in page.papers if paper.endswith((";", ",")) or ";;" in paper]
    assert "indicative" not in page.range_sources
