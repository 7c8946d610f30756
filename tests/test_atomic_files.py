"""Files appear whole or not at all."""

from __future__ import annotations

import os
import stat

import pytest

from gait.atomic_files import atomic_write


def test_the_file_appears_whole_with_ordinary_permissions(tmp_path):
    target = tmp_path / "report.html"
    with atomic_write(target) as temporary:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".html"
        temporary.write_text("new")
        assert not target.exists()
    assert target.read_text() == "new"
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~umask
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_when_writing_fails_only_the_old_file_remains(tmp_path, error):
    target = tmp_path / "report.html"
    target.write_text("old")

    def fail() -> None:
        with atomic_write(target) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(error):
        fail()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_missing_folder_is_an_error_and_is_not_created(tmp_path):
    with pytest.raises(OSError, match="No such file"), atomic_write(tmp_path / "missing" / "x.txt"):
        pass
    assert not list(tmp_path.iterdir())
