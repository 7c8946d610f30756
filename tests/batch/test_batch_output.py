"""The output of a batch: writable, and locked against a second batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from gait.batch.batch_output import open_output, write_overview
from gait.errors import InputError


def test_a_second_batch_is_refused_while_one_writes(tmp_path: Path) -> None:
    with (
        open_output(str(tmp_path)),
        pytest.raises(InputError, match="another gait batch is writing there"),
        open_output(str(tmp_path)),
    ):
        pass


def test_an_output_without_files_leaves_no_folder(tmp_path: Path) -> None:
    with open_output(str(tmp_path / "out")):
        assert (tmp_path / "out").is_dir()
    assert not (tmp_path / "out").exists()


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written to"), open_output(str(tmp_path / "file" / "out")):
        pass


def test_the_overview_is_index_and_summary(tmp_path: Path) -> None:
    with open_output(str(tmp_path / "out")) as target:
        write_overview([], target, planned=3)
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {"index.html", "summary.csv"}
    assert "3 still to come" in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
