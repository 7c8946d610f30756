"""Reports read back from ``report.json``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gait.errors import InputError
from gait.io.report_reader import read_report
from tests.made_reports import measured, report


def paths(value: object, path: tuple = ()) -> list[tuple]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in inside for found in [(*path, key), *paths(item, (*path, key))]]


def changed(**keys) -> dict:
    return {**report(), **keys}


def test_a_report_is_read_from_its_folder_its_file_or_its_content(tmp_path: Path) -> None:
    content = report()
    (tmp_path / "report.json").write_text(json.dumps(content))
    for place in (tmp_path, tmp_path / "report.json", content, read_report(content)):
        assert read_report(place).record["videos"] == json.loads(json.dumps(content))["videos"]
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
        (changed(videos=[]), "is damaged: videos must contain at least 1 items"),
        (changed(measurements=None), "is damaged: measurements must be array"),
        (changed(measurements=[{"key": "cadence"}]), "is damaged"),
        (changed(runner=[]), "is damaged: runner must be object"),
        (changed(runner={"height_m": "tall"}), r"is damaged: runner\.height_m must be number or null"),
        (changed(warnings=[{"message": "x"}]), r"is damaged: warnings\[0\] must contain"),
        (
            changed(measurements=[measured("cadence", 165.0, video=3)]),
            r"measurements\[0\]\.video is 3, the report has 1",
        ),
    ],
)
def test_a_damaged_report_is_refused(content: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_report(content)


ODD = st.sampled_from([None, True, -1, 10**30, 1.5, "", "\0", [], {}, [[]], {"a": None}, "x" * 9999])


@settings(max_examples=150, deadline=None, database=None)
@given(st.sampled_from(paths(report())), ODD, st.booleans())
def test_a_wrong_value_anywhere_is_one_line_or_read(path: tuple, odd: object, leave_out: bool) -> None:
    record = json.loads(json.dumps(report()))
    parent = record
    for key in path[:-1]:
        parent = parent[key]
    if leave_out:
        del parent[path[-1]]
    else:
        parent[path[-1]] = odd
    try:
        saved = read_report(record)
    except InputError as error:
        told = str(error)
        assert "\n" not in told
        return
    assert saved.speed_mps is None or saved.speed_mps > 0
    assert [saved.name, saved.video_file(0), saved.content_hash(), saved.clip_signature()]


@pytest.mark.parametrize("content", [b"\xff\xfe{}", b"\0" * 100, b"[" * 100_000, b'{"schema": NaN}', b'{"a": 1e999}'])
def test_what_is_no_json_is_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "report.json").write_bytes(content)
    with pytest.raises(InputError, match=r"report\.json: is not a report"):
        read_report(tmp_path)


def test_a_folder_in_place_of_the_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "report.json").mkdir()
    with pytest.raises(InputError, match=r"is not a report|no such file|cannot be read"):
        read_report(tmp_path)


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


def test_units_of_a_report_are_metric_where_it_names_none() -> None:
    assert read_report(report()).units == "metric"
    assert read_report({**report(), "units": "pace"}).units == "pace"
    with pytest.raises(InputError, match="units"):
        read_report({**report(), "units": "ells"})


def test_reports_with_and_without_likely_findings_are_read() -> None:
    finding = {"key": "k", "metric": "overstride", "side": "both", "severity": "mild", "headline": "h"}
    assert "likely" not in read_report(changed(findings=[finding])).record
    new = changed(likely=[{**finding, "evidence": "likely", "probability": 0.9, "parts": []}], next_step=None)
    assert read_report(new).record["likely"][0]["evidence"] == "likely"
    with pytest.raises(InputError, match="is damaged"):
        read_report(changed(likely=[{**finding, "evidence": "surely"}]))
