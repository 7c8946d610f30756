"""How right the measurements are, where the truth is known: rendered runners, and recorded ones with a force plate."""

from __future__ import annotations

from gait.validation.validation_run import validate

__all__ = ["validate"]
