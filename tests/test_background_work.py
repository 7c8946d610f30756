"""Work beside other work."""

import subprocess
import sys

from gait.background_work import import_in_background, in_background


def _program(code: str) -> tuple[str, str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout, done.stderr


def test_modules_are_there_when_the_thread_ends() -> None:
    code = (
        "import sys; from gait.background_work import import_in_background as load; "
        "load('colorsys', 'no_such_module_of_anybody', 'wave').join(); "
        "print('colorsys' in sys.modules, 'wave' in sys.modules)"
    )
    assert _program(code) == ("True True\n", "")


def test_a_program_that_ends_at_once_ends_in_peace() -> None:
    code = "from gait.background_work import import_in_background as load; load('pandas', 'scipy.optimize')"
    assert _program(code) == ("", "")


def test_an_error_stays_where_it_is() -> None:
    assert _program("from gait.background_work import in_background; in_background(lambda: 1 / 0)") == ("", "")


def test_the_work_is_done() -> None:
    done: list[int] = []
    in_background(lambda: done.append(1)).join(10)
    import_in_background().join(10)
    assert done == [1]
