"""Run the notebooks beside this file and keep their outputs: ``python notebooks/run.py [NAME ...]``.

Times of execution and folders of this machine are removed, so that a notebook only changes when its results do. Needs
``gait[notebooks]``.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from gait.atomic_files import atomic_write

FOLDER = Path(__file__).resolve().parent
#: Largest notebook. [E]
MAX_BYTES = 150_000


def execute(path: Path, *, environment: Mapping[str, str] | None = None, timeout_s: int = 300) -> Any:
    """Run a notebook in its folder. The file stays as it is.

    Parameters
    ----------
    path : Path
    environment : mapping, optional
        Further variables for the kernel: ``GAIT_POSES``, ``GAIT_MOCAP``.
    timeout_s : int
        For each cell.

    Returns
    -------
    NotebookNode
        The notebook with its outputs.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        A cell failed; the message holds its traceback.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=timeout_s,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
    )
    client.execute(env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **(environment or {})})
    return without_machine_details(notebook)


def without_machine_details(notebook: Any) -> Any:
    """Remove what differs from machine to machine.

    Parameters
    ----------
    notebook : NotebookNode
        Changed in place.

    Returns
    -------
    NotebookNode
        The same notebook.
    """
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    home = re.compile(re.escape(str(FOLDER.parent)) + r"/?")
    for cell in notebook.cells:
        cell.metadata = {}
        for output in cell.get("outputs", []):
            output.pop("metadata", None) if output.output_type == "stream" else output.update(metadata={})
            if "text" in output:
                output.text = home.sub("", output.text)
            for kind, data in output.get("data", {}).items():
                if isinstance(data, str) and kind.startswith("text/"):
                    output.data[kind] = home.sub("", data)
    return notebook


def main(names: list[str]) -> None:
    """Run notebooks and write their outputs.

    Parameters
    ----------
    names : list of str
        Names without suffix; empty: all.
    """
    for path in sorted(FOLDER.glob("*.ipynb")):
        if names and path.stem not in names:
            continue
        notebook = execute(path)
        text = nbformat.writes(notebook) + "\n"
        if len(text.encode()) > MAX_BYTES:
            raise SystemExit(f"{path.name}: {len(text.encode())} bytes, at most {MAX_BYTES}; make the figures smaller")
        with atomic_write(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path.name}  {len(text.encode()) / 1000:.0f} kB\n")


if __name__ == "__main__":
    main(sys.argv[1:])
