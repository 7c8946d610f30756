"""Memory that is freed is no longer memory of the process."""

import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import numpy as np
from pathlib import Path
from gait.heap_settings import return_large_blocks

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

return_large_blocks()
np.ones(20_000_000, np.uint8)  # what makes glibc raise its limit
before = resident_mb()
pictures, between = [], []
for _ in range(60):
    pictures.append(np.ones(1_400_000, np.uint8))
    between.append(np.ones(60_000, np.uint8))
del pictures
print(resident_mb() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads the memory of a process from /proc")
def test_freed_pictures_are_returned() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 20  # of 84


THREADS_CODE = """
import threading
import numpy as np
from pathlib import Path
from gait.heap_settings import return_free_memory

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

kept = []

def fill():
    # Small blocks, below a thread's last one, stay with it.
    blocks = [np.ones(30_000, np.uint8) for _ in range(2000)]
    kept.append(np.ones(30_000, np.uint8))

before = resident_mb()
threads = [threading.Thread(target=fill) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
return_free_memory()
print(resident_mb() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads the memory of a process from /proc")
def test_what_threads_have_freed_is_returned() -> None:
    done = subprocess.run([sys.executable, "-c", THREADS_CODE], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 20  # of 120
