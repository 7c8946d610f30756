"""The options of ``gait synth`` against the fields of a synthetic run."""

from __future__ import annotations

from typing import Literal, get_args, get_origin

from gait.cli.synth_options import all_options


def test_the_options_reach_every_field():
    from gait.synthetic.clip_request import TABLES, table_keys

    options = list(all_options())
    reached = {option.target for option in options} - {"camera.size"} | {"camera.width", "camera.height"}
    assert reached == {f"{table}.{key}" for table in TABLES for key in table_keys(table)}
    for option in options:
        kind = table_keys(option.table).get(option.key)
        assert (option.metavar == "") == (kind is bool), option
        if get_origin(kind) is Literal:
            assert option.metavar.split("|") == [str(choice) for choice in get_args(kind)], option
