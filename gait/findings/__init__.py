"""What the articles and papers say, as data: metrics with bands, corrections, warning signs, sources.

The facts live in ``metrics.toml``, ``corrections.toml``, ``warnings.toml``, ``questions.toml`` and ``sources.toml``;
:func:`load_knowledge` reads and validates them once; :mod:`gait.findings.answers` reads what a runner answered. No
code of the report or of the measurement is known here.
"""

from gait.findings.bands import Band, Limits
from gait.findings.knowledge_loader import KnowledgeError, load_knowledge, parse_knowledge
from gait.findings.knowledge_records import (
    Article,
    CorrectionEntry,
    Display,
    Flag,
    Knowledge,
    MetricEntry,
    Paper,
    Research,
)

__all__ = [
    "Article",
    "Band",
    "CorrectionEntry",
    "Display",
    "Flag",
    "Knowledge",
    "KnowledgeError",
    "Limits",
    "MetricEntry",
    "Paper",
    "Research",
    "load_knowledge",
    "parse_knowledge",
]
