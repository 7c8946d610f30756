"""Findings: bands of ordinary values, corrections, warning signs and questions, and what they make of measurements.

The facts are data: ``metrics.toml``, ``corrections.toml``, ``warnings.toml``, ``questions.toml`` and ``sources.toml``.
`load_knowledge` reads and checks them; `gait.findings.finder` derives findings from measurements.
"""

from gait.findings.bands import Band, Limits
from gait.findings.knowledge_loader import KnowledgeError, load_knowledge, parse_knowledge
from gait.findings.knowledge_records import (
    Article,
    BandFlag,
    CorrectionEntry,
    DisplayFormat,
    Knowledge,
    MetricEntry,
    Paper,
    Research,
)

__all__ = [
    "Article",
    "Band",
    "BandFlag",
    "CorrectionEntry",
    "DisplayFormat",
    "Knowledge",
    "KnowledgeError",
    "Limits",
    "MetricEntry",
    "Paper",
    "Research",
    "load_knowledge",
    "parse_knowledge",
]
