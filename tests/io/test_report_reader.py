"""Reports read back from ``report.json``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gait.errors import InputError
from gait.io.report_reader import read_report
from tests.made_reports import report


def changed(**keys) -> dict:
    return {**report(), **keys}


def test_a_report_is_read_from_its_folder_its_file_or_its_content(tmp_path: Path) -> None:
    content = report()
    (tmp_path / "report.json").write_text(json.dumps(content))
    for given in (tmp_path, tmp_path / "report.json", content, read_report(content)):
        assert read_report(given).record["videos"] == json.loads(json.dumps(content))["videos"]
    assert read_report(tmp_path).folder == tmp_path
    assert read_report(content).folder is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"schema": "other/1"}'])
def test_what_is_no_report_is_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "report.json").write_text(text)
    with pytest.raises(InputError, match=r"report\.json: is not a report") as error:
        read_report(tmp_path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (changed(videos=[]), "holds no video"),
        (changed(measurements=None), "'measurements' is missing or damaged"),
        (changed(measurements=[{"key": "cadence"}]), "is damaged"),
    ],
)
def test_a_damaged_report_is_refused(content: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_report(content)


def test_a_video_is_found_where_it_was_or_beside_the_report(tmp_path: Path) -> None:
    content = report()
    (tmp_path / "report.json").write_text(json.dumps(content))
    saved = read_report(tmp_path)
    assert saved.video_file(0) is None
    beside = tmp_path / Path(saved.videos[0]["file"]).name
    beside.write_bytes(b"")
    assert saved.video_file(0) == beside


def test_the_hash_ignores_names_and_words() -> None:
    content = report()
    renamed = {**content, "runner": {**content["runner"], "name": "Somebody Else"}, "findings": []}
    assert read_report(content).content_hash() == read_report(renamed).content_hash()
    slower = {**content, "runner": {**content["runner"], "speed_mps": 9.0}}
    assert read_report(content).content_hash() != read_report(slower).content_hash()
