"""Points of a C3D file. ezc3d reads them in a process of its own, because some damaged files make it crash or hang.

``python -m gait.io.c3d_points FILE.c3d OUT.npz`` is that process.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gait._typing import FloatArray
from gait.display_language import _
from gait.errors import InputError
from gait.text_tables import decode_text

#: Time and memory that reading may take, s and bytes: an hour of 60 markers at 100 frames/s takes 20 s and 1 GB. [E]
TIME_LIMIT_S, MEMORY_LIMIT = 60.0, 3 << 30
#: Number of the processor that stores numbers with the largest byte first (c3d.org, user guide).
_SGI_PROCESSOR = 86
#: Byte of the header with the sign of the scale: processors 84 (Intel), 85 (DEC) and 86 (SGI).
_SIGN_BYTE = {84: 15, 85: 13, 86: 12}
#: Largest number of a first frame: those of long recordings take two words of 16 bits.
_MAX_FIRST_FRAME = 2**32
_BLOCK = 512


class C3dPoints(NamedTuple):
    """Points over time, as the file has them.

    Attributes
    ----------
    names : list of str
    position : (T, K, 3) array
        NaN where a point was not seen.
    rate : float
        Frames per second; 0 where it is missing.
    unit : str
        As stated; empty where it is missing.
    first : int
        Number of the first frame.
    """

    names: list[str]
    position: FloatArray
    rate: float
    unit: str
    first: int


def read_c3d_points(path: Path) -> C3dPoints:
    """Read a C3D file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    C3dPoints

    Raises
    ------
    InputError
        The file is not C3D or damaged, or ezc3d is missing.
    """
    if find_spec("ezc3d") is None:
        raise InputError(_("C3D files need ezc3d: pip install 'gait[export]'"))
    check_c3d_header(path)
    with tempfile.TemporaryDirectory(prefix="gait-") as folder:
        out = Path(folder, "points.npz")
        command = [sys.executable, "-m", __name__, os.fspath(_plain_name(path, Path(folder))), os.fspath(out)]
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        environment["PYTHONPATH"] = os.pathsep.join(entry for entry in sys.path if entry)
        # It ends with a fault, runs too long, or needs too much memory.
        with suppress(subprocess.TimeoutExpired, OSError, ValueError, KeyError, EOFError):
            subprocess.run(
                command,
                timeout=TIME_LIMIT_S,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
            with np.load(out, allow_pickle=False) as found:
                return C3dPoints(
                    [str(name) for name in found["names"]],
                    found["position"],
                    float(found["rate"]),
                    str(found["unit"]),
                    int(found["first"]),
                )
    raise InputError(_("{path}: is not a readable C3D file; see docs/formats.md").format(path=path))


def _plain_name(path: Path, folder: Path) -> Path:
    """Give a file a name that every library can open."""
    plain = folder / "points.c3d"
    try:
        plain.symlink_to(path.absolute())
    except OSError:  # Windows
        shutil.copyfile(path, plain)
    return plain


def check_c3d_header(path: Path) -> None:
    """Check that a C3D file holds the frames that its header states, before memory is reserved for them.

    Parameters
    ----------
    path : Path

    Raises
    ------
    InputError
        It is no C3D file, or it is cut off.
    """
    try:
        if not path.is_file():
            raise InputError(_("{path}: is not a file; see docs/formats.md").format(path=path))
        size = path.stat().st_size
        with path.open("rb") as file:
            header = file.read(_BLOCK)
            file.seek(_BLOCK * max(header[0] - 1, 0) if header else 0)
            parameters = file.read(4)
    except OSError as error:
        raise InputError(
            _("{path}: cannot be read: {reason}").format(path=path, reason=error.strerror or error)
        ) from None
    # The header is the first block of 512 bytes: block of the parameters, a key, numbers of points and of analogue
    # values a frame, first and last frame, a gap, the scale (negative where values have four bytes and not two), the
    # block of the data (c3d.org, user guide). Of recordings with more than 65 535 frames it states less than there is.
    if size < 2 * _BLOCK or header[1] != 0x50 or header[0] < 2 or len(parameters) < 4:
        raise InputError(_("{path}: is not a readable C3D file; see docs/formats.md").format(path=path))
    order = ">" if parameters[3] == _SGI_PROCESSOR else "<"
    points, analog, first, last = struct.unpack_from(f"{order}4H", header, 2)
    (block,) = struct.unpack_from(f"{order}H", header, 16)
    value_bytes = 4 if header[_SIGN_BYTE.get(parameters[3], 15)] & 0x80 else 2
    frames = last - first + 1
    if frames > 0 and _BLOCK * max(block - 1, 0) + frames * (4 * points + analog) * value_bytes > size:
        raise InputError(
            _(
                "{path}: is cut off or damaged: its header states {frames} frames of {points} points; see "
                "docs/formats.md"
            ).format(path=path, frames=frames, points=points)
        )


def _extract(path: str, out: str) -> None:
    """Write what the file holds, for the process that waits."""
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import ezc3d

    file = ezc3d.c3d(path)
    about = file["parameters"]["POINT"]
    parts = ["LABELS", *(f"LABELS{n}" for n in range(2, 10))]
    names = [_text(name) for part in parts if part in about for name in about[part]["value"]]
    position = np.asarray(file["data"]["points"], dtype=float)[:3].transpose(2, 1, 0)
    residual = np.asarray(file["data"]["meta_points"]["residuals"])[0].T
    position = np.where((residual < 0)[..., None], np.nan, position)
    rates, units = _values(about, "RATE"), _values(about, "UNITS")
    first = file["header"]["points"]["first_frame"]
    np.savez(
        out,
        names=np.array(names, dtype=str),
        position=position,
        rate=float(rates[0]) if rates else 0.0,
        unit=_text(units[0]) if units else "",
        # The binding turns a number that is none into an object of its own.
        first=first if isinstance(first, int) and 0 <= first <= _MAX_FIRST_FRAME else 0,
    )


def _values(group: Any, key: str) -> list[Any]:
    return list(group[key]["value"]) if key in group else []


def _text(value: Any) -> str:
    """Decode a text of C3D, which has no encoding of its own."""
    return decode_text(str(value).encode("utf-8", "surrogateescape")).strip("\0 ")


if __name__ == "__main__":
    _extract(*sys.argv[1:])
