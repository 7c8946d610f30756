"""VTK, imported only when something is drawn."""

from __future__ import annotations

import importlib
import os
import sys
from functools import cache
from types import SimpleNamespace
from typing import Any

from gait.errors import InputError

_CLASSES = {
    "vtkmodules.vtkCommonCore": ("vtkPoints", "vtkUnsignedCharArray"),
    "vtkmodules.vtkCommonDataModel": ("vtkCellArray", "vtkImageData", "vtkPolyData"),
    "vtkmodules.vtkFiltersCore": ("vtkFlyingEdges3D",),
    "vtkmodules.vtkFiltersSources": ("vtkCubeSource", "vtkCylinderSource", "vtkPlaneSource", "vtkSphereSource"),
    "vtkmodules.vtkRenderingCore": (
        "vtkActor",
        "vtkLight",
        "vtkPolyDataMapper",
        "vtkRenderWindow",
        "vtkRenderer",
        "vtkTexture",
    ),
    "vtkmodules.util.numpy_support": ("numpy_to_vtk", "numpy_to_vtkIdTypeArray", "vtk_to_numpy"),
}


@cache
def vtk_modules() -> Any:
    """Import the VTK classes used for drawing.

    Returns
    -------
    types.SimpleNamespace
        Name → class.

    Raises
    ------
    InputError
        VTK is not installed.
    """
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        # Without a screen VTK would try X first and complain.
        os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")
    # Threads of Mesa's software renderer spend as much time waiting for each other as they save on frames this small.
    os.environ.setdefault("LP_NUM_THREADS", "1")
    try:
        importlib.import_module("vtkmodules.vtkRenderingOpenGL2")
        found = {
            name: getattr(importlib.import_module(module), name) for module, names in _CLASSES.items() for name in names
        }
    except ImportError as error:
        raise InputError("drawing a runner needs VTK; install gait[synthetic]") from error
    return SimpleNamespace(**found)
