"""What is prepared is what a report uses."""

from gait.display_language import speak
from gait.findings.knowledge_loader import load_knowledge
from gait.report import exercise_drawings
from gait.report.html_page import template_environment
from gait.report.page_preparation import prepare_page


def test_knowledge_drawings_and_templates_are_there() -> None:
    prepare_page("de")
    with speak("de"):
        first = load_knowledge()
    drawn = exercise_drawings._drawn.cache_info().currsize
    environment = template_environment("gait.report")
    compiled = {name for _, name in environment.cache}
    prepare_page("de")
    with speak("de"):
        assert load_knowledge() is first
    assert exercise_drawings._drawn.cache_info().currsize == drawn > 20
    assert {"report.html.j2", "questions.html.j2"} <= compiled
