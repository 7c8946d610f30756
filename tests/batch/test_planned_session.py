"""A clip's view binds the analysis only where the manifest gives it."""

from __future__ import annotations

from gait.batch.planned_session import ClipEntry


def test_only_a_view_of_the_manifest_is_binding() -> None:
    assert ClipEntry("/a_rear.mp4", "a_rear.mp4", "rear").binding_view == "auto"
    assert ClipEntry("/a.mp4", "a.mp4", "rear", view_given=True).binding_view == "rear"
