"""Old names of the released interface. They work for one version and warn with the new name."""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

#: Old name in ``gait`` → (what to use instead, where it is).
_ATTRIBUTES = {
    "load_pose": ("gait.load_poses", "gait.pose.dataset:load_pose"),
    "read_video": ("gait.probe", "gait.video:probe"),
}
#: Old module → old name → where it is now. ``"*"``: every name is in that module.
_MODULES: dict[str, dict[str, str]] = {
    "gait.results": {"*": "gait.records"},
    "gait.kinematics": {
        "Camera": "gait.geometry.camera:Camera",
        "Cleaned": "gait.signal.cleaning:CleanedPose",
        "ViewAnalysis": "gait.analysis.view_analysis:ViewAnalysis",
        "analyze_pose": "gait.analysis.view_analysis:analyze_pose",
        "clean_pose": "gait.signal.cleaning:clean_keypoints",
        "detect_events": "gait.events.detection:locate_events",
        "find_camera": "gait.geometry.camera:find_camera",
        "find_steps": "gait.events.steps:find_steps",
        "gait_cycles": "gait.metrics.gait_cycles:gait_cycles",
        "with_scale": "gait.geometry.camera:with_scale",
    },
    "gait.check": {
        "Gate": "gait.quality.video_check:FilmingQuality",
        "Observation": "gait.quality.quality_records:Observation",
        "Outlook": "gait.quality.quality_records:ExpectedMetric",
        "VideoCheck": "gait.quality.quality_records:VideoCheck",
        "check_video": "gait.quality.video_check:check_video",
        "gate": "gait.quality.video_check:assess_filming",
    },
    "gait.knowledge": {
        "Article": "gait.findings.knowledge_records:Article",
        "Band": "gait.findings.bands:Band",
        "CorrectionEntry": "gait.findings.knowledge_records:CorrectionEntry",
        "Display": "gait.findings.knowledge_records:DisplayFormat",
        "Flag": "gait.findings.knowledge_records:BandFlag",
        "Knowledge": "gait.findings.knowledge_records:Knowledge",
        "KnowledgeError": "gait.findings.knowledge_loader:KnowledgeError",
        "Limits": "gait.findings.bands:Limits",
        "Metric": "gait.findings.knowledge_records:MetricEntry",
        "Paper": "gait.findings.knowledge_records:Paper",
        "Research": "gait.findings.knowledge_records:Research",
        "load_knowledge": "gait.findings.knowledge_loader:load_knowledge",
        "parse_knowledge": "gait.findings.knowledge_loader:parse_knowledge",
    },
    "gait.export": {
        "FORMATS": "gait.io.export:FORMATS",
        "export_session": "gait.io.export:export_session",
    },
}


def deprecated_attribute(name: str) -> Any:
    """Return what an old name of ``gait`` stands for, with a warning.

    Parameters
    ----------
    name : str

    Returns
    -------
    object

    Raises
    ------
    AttributeError
        The name never existed.
    """
    if name == "batch":  # now a package, which can still be called and warns then
        return import_module("gait.batch")
    if name not in _ATTRIBUTES:
        raise AttributeError(f"module 'gait' has no attribute {name!r}")
    new, target = _ATTRIBUTES[name]
    warnings.warn(f"gait.{name} is now {new}", DeprecationWarning, stacklevel=3)
    return _resolve(target)


def install_moved_modules() -> None:
    """Let ``import gait.kinematics`` and other old module names find what moved."""
    if not any(isinstance(finder, _MovedModules) for finder in sys.meta_path):
        sys.meta_path.append(_MovedModules())


def _resolve(target: str) -> Any:
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)


class _MovedModules:
    """Finds and loads old modules, after every other finder has failed."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(fullname, self) if fullname in _MODULES else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to Python to make an empty module."""

    def exec_module(self, module: ModuleType) -> None:
        names = _MODULES[module.__name__]

        def moved(name: str) -> Any:
            if "*" in names and not name.startswith("__"):
                target = f"{names['*']}:{name}"
            elif name in names:
                target = names[name]
            else:
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            found = _OLD_SIGNATURES.get(target) or _resolve(target)
            warnings.warn(
                f"{module.__name__}.{name} is now {target.replace(':', '.')}", DeprecationWarning, stacklevel=2
            )
            return found

        module.__getattr__ = moved  # type: ignore[method-assign]


def find_steps_with_durations(events: pd.DataFrame, *, stride_s: float, time_factor: float = 1.0) -> pd.DataFrame:
    """Find steps and their durations in one table, as ``gait.kinematics.find_steps`` did.

    Parameters
    ----------
    events : pandas.DataFrame
        ``side, kind, time_s``.
    stride_s : float
        Mean stride time, s of playback.
    time_factor : float
        Real seconds per second of playback.

    Returns
    -------
    pandas.DataFrame
        One row a step.
    """
    from gait.analysis.step_measuring import add_durations
    from gait.events.steps import find_steps

    steps = add_durations(find_steps(events, stride_s=stride_s), stride_s, time_factor)
    return steps.assign(off_s=steps.toe_off_s)


#: What moved with another signature → a function with the old one.
_OLD_SIGNATURES = {"gait.events.steps:find_steps": find_steps_with_durations}
