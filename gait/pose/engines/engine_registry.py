"""Which pose engines there are. No other module lists them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gait.display_language import _
from gait.errors import InputError

if TYPE_CHECKING:  # the command line reads the names here, and must wait neither for PyAV nor for NumPy
    from gait._typing import PathLike
    from gait.pose.engines.pose_engine import PoseEngine

#: The engine that is used when none is named.
DEFAULT_ENGINE = "litert"


@dataclass(frozen=True)
class EngineEntry:
    """How to make one engine. Both functions take a model (name or file), or ``None`` for the engine's own.

    Attributes
    ----------
    make : callable
        Called with the model and the number of frames to work on at a time; returns the engine, not yet entered.
    model_hash : callable
        Called with the model; returns its hash.
    networks : bool
        Whether the engine runs the networks of `gait.pose.engines.model_file`, and so ``mixed``.
    spreads : bool
        Whether its runtime spreads one frame over all cores by itself.
    """

    make: Callable[[PathLike | None, int], PoseEngine]
    model_hash: Callable[[PathLike | None], str]
    networks: bool = False
    spreads: bool = False


# Makers import what they need: a runtime takes up to half a second to load.


def _litert(model: PathLike | None, workers: int) -> PoseEngine:
    from gait.pose.engines.litert import LiteRT

    return LiteRT(model, workers=workers)


def _mediapipe(model: PathLike | None, workers: int) -> PoseEngine:
    from gait.pose.engines.mediapipe_tasks import MediapipeTasks
    from gait.pose.engines.per_frame import PerFrameEngine

    return PerFrameEngine([MediapipeTasks(model) for _ in range(workers)])


def _rtmpose(model: PathLike | None, workers: int) -> PoseEngine:
    from gait.pose.engines.per_frame import PerFrameEngine
    from gait.pose.engines.rtmpose import RTMPose

    return PerFrameEngine([RTMPose(model)])


def _bundle_hash(model: PathLike | None) -> str:
    from gait.pose.engines.model_file import bundle_hash

    return bundle_hash(model)


def _rtmpose_hash(model: PathLike | None) -> str:
    from gait.pose.engines.rtmpose import rtmpose_hash

    return rtmpose_hash(model)


#: Engine name → how to make it.
ENGINES: Mapping[str, EngineEntry] = {
    "litert": EngineEntry(_litert, _bundle_hash, networks=True),
    "mediapipe": EngineEntry(_mediapipe, _bundle_hash, networks=True),
    "rtmpose": EngineEntry(_rtmpose, _rtmpose_hash, spreads=True),
}


def make_engine(name: str = DEFAULT_ENGINE, model: PathLike | None = None, *, workers: int = 1) -> PoseEngine:
    """Make an engine by its name; enter it before use.

    Parameters
    ----------
    name : str
        A key of `ENGINES`.
    model : str or path, optional
        Name of a network (`gait.pose.engines.model_file.NETWORKS`) or model file; the engine's own model without it.
    workers : int
        Frames in work at the same time.

    Returns
    -------
    PoseEngine

    Raises
    ------
    InputError
        For an unknown name, or a model that the engine cannot use.
    """
    return engine_entry(name).make(model, workers)


def model_hash(name: str = DEFAULT_ENGINE, model: PathLike | None = None) -> str:
    """Return the hash of the model that an engine would use; it decides whether saved poses can be used again.

    Parameters
    ----------
    name : str
        A key of `ENGINES`.
    model : str or path, optional
        Name of a network (`gait.pose.engines.model_file.NETWORKS`) or model file; the engine's own model without it.

    Returns
    -------
    str

    Raises
    ------
    InputError
        For an unknown name, or a model that the engine cannot use.
    """
    return engine_entry(name).model_hash(model)


def runs_mixed(name: str, model: PathLike | None) -> bool:
    """Return whether an engine is to run one network in every frame and another in some strides as well.

    Parameters
    ----------
    name : str
        A key of `ENGINES`.
    model : str or path, optional

    Returns
    -------
    bool

    Raises
    ------
    InputError
        For an unknown name.
    """
    from gait.pose.engines.model_file import is_mixed

    return engine_entry(name).networks and is_mixed(model)


def engine_entry(name: str) -> EngineEntry:
    """Return what is registered for an engine.

    Parameters
    ----------
    name : str
        A key of `ENGINES`.

    Returns
    -------
    EngineEntry

    Raises
    ------
    InputError
        For an unknown name.
    """
    if name not in ENGINES:
        raise InputError(
            _("engine {name} is unknown; choose from: {names}").format(
                name=repr(name), names=", ".join(sorted(ENGINES))
            ),
            code="engine_unknown",
        )
    return ENGINES[name]
