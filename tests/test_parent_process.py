from __future__ import annotations

import select
import subprocess
import sys

import pytest

from gait.parent_process import end_with_parent

#: A process with a worker of a pool that waits for its next task, and for nothing else.
PROGRAM = """
import os, sys, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from gait.parent_process import end_with_parent
if __name__ == "__main__":
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=end_with_parent) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        time.sleep(600)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_a_worker_ends_when_its_parent_is_killed(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    with subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, bufsize=0) as parent:
        assert parent.stdout is not None
        assert int(parent.stdout.readline()) != parent.pid
        parent.kill()
        # The worker has the other end of the pipe too: it closes when both are gone.
        ready, _, _ = select.select([parent.stdout], [], [], 60)
        assert ready
        assert parent.stdout.read() == b""


def test_a_process_that_multiprocessing_did_not_start_is_told():
    with pytest.raises(ValueError, match="no parent"):
        end_with_parent()
