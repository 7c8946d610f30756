"""What every report needs whatever was measured: knowledge, drawings of the exercises, compiled templates."""

from __future__ import annotations

from gait.display_language import speak
from gait.findings.knowledge_loader import load_knowledge
from gait.report.exercise_gallery import exercise_gallery
from gait.report.page_templates import template_environment


def prepare_page(language: str) -> None:
    """Load and draw what the first report of a process would otherwise wait for; later ones find it there.

    Parameters
    ----------
    language : str
        In which the report will be written, one of `gait.display_language.LANGUAGES`.
    """
    with speak(language):
        load_knowledge()
        exercise_gallery()
    templates = template_environment("gait.report")
    for name in templates.list_templates(extensions=["j2"]):
        templates.get_template(name)
