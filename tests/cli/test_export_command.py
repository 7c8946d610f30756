"""``gait export``: options and formats; ``tests/io/test_export.py`` writes and reads the files."""

from __future__ import annotations

import pytest

from gait.cli.export_command import EXPORT_FORMATS
from gait.io.export import FORMATS
from tests.cli.conftest import assert_refused


def test_the_formats_are_those_of_the_library() -> None:
    assert tuple(FORMATS) == EXPORT_FORMATS


@pytest.mark.parametrize(
    ("options", "fragments"),
    [
        (["--to", "xlsx"], ["--to xlsx is unknown", "parquet"]),
        (["--to", "csv", "--video", "0"], ["--video 0 is outside 1 to 999; e.g. --video 2"]),
        (["--to", "csv", "--video", "1.5"], ["--video 1.5 must be a whole number"]),
        (["--to", "csv"], ["report_folder"]),
        ([], ["--to"]),
    ],
)
def test_unusable_options_are_refused(gait, tmp_path, options, fragments) -> None:
    assert_refused(gait("export", "report_folder", *options), *fragments)
    assert not list(tmp_path.iterdir())
