"""Which clip to render: put together from layers of plain values, read from and written to TOML.

A spec file has the tables ``[clip]``, ``[runner]``, ``[runner.drift]``, ``[camera]``, ``[scene]`` and ``[look]``. The
keys are the fields of `ClipRequest`, `RunnerSpec`, `Drift`, `CameraSpec`, `SceneSpec` and `LookSpec`. A key that is
left out has its value in ``ClipRequest()``: the runner of `presets.neutral`.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from gait.checked_toml import parse_toml
from gait.errors import InputError
from gait.synthetic import presets
from gait.synthetic.motion_solver import solve
from gait.synthetic.random_specs import random_camera, random_runner, random_scene, rounded
from gait.synthetic.run_spec import CameraSpec, Colour, Drift, LookSpec, RunnerSpec, SceneSpec, Sided

COLOURS: dict[str, Colour] = {
    "black": (0.05, 0.05, 0.06),
    "grey": (0.50, 0.50, 0.50),
    "silver": (0.75, 0.75, 0.76),
    "white": (0.95, 0.95, 0.95),
    "red": (0.80, 0.12, 0.12),
    "maroon": (0.45, 0.08, 0.12),
    "orange": (0.95, 0.45, 0.08),
    "yellow": (0.95, 0.85, 0.15),
    "olive": (0.42, 0.42, 0.15),
    "lime": (0.60, 0.90, 0.15),
    "green": (0.12, 0.55, 0.22),
    "teal": (0.10, 0.50, 0.50),
    "cyan": (0.15, 0.75, 0.85),
    "blue": (0.12, 0.30, 0.75),
    "navy": (0.08, 0.11, 0.28),
    "purple": (0.45, 0.18, 0.60),
    "magenta": (0.85, 0.15, 0.60),
    "pink": (0.95, 0.60, 0.70),
    "beige": (0.85, 0.77, 0.62),
    "tan": (0.72, 0.54, 0.38),
    "brown": (0.36, 0.22, 0.13),
}
"""Names for colours that cloth, skin and paint have, none as loud as a screen can show. [E]"""

UNSET = ("auto", "none")
"""Texts for ``None``, which TOML lacks: it follows from the runner's speed, or it is left out altogether."""

_MAX_DRAWS = 12  # of random runners until one fits with what was given [E]


@dataclass(frozen=True)
class ClipRequest:
    """One clip: who runs, what films it, where, how long.

    Parameters
    ----------
    runner : RunnerSpec
    camera : CameraSpec
    scene : SceneSpec
    seconds : float
        Length in real time, 1 to 600 s.
    seed : int
        Decides all random variation.
    quality : int
        Constant quality of x264, 0 to 51: lower is better and larger.

    Raises
    ------
    InputError
        A value is out of range.
    """

    runner: RunnerSpec = field(default_factory=presets.neutral)
    camera: CameraSpec = field(default_factory=CameraSpec)
    scene: SceneSpec = field(default_factory=SceneSpec)
    seconds: float = 8.0
    seed: int = 0
    quality: int = 26

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        if not 1 <= self.seconds <= 600:
            raise InputError(f"seconds={self.seconds:g} is outside 1 to 600 s; choose a value in that range")
        if self.seed < 0:
            raise InputError(f"seed={self.seed} must not be negative")
        if not 0 <= self.quality <= 51:
            raise InputError(f"quality={self.quality} is outside 0 to 51; choose a value in that range")


#: Table of a spec file → the class whose fields are its keys.
TABLES: dict[str, type] = {
    "clip": ClipRequest,
    "runner": RunnerSpec,
    "runner.drift": Drift,
    "camera": CameraSpec,
    "scene": SceneSpec,
    "look": LookSpec,
}
_Spec = TypeVar("_Spec", ClipRequest, RunnerSpec, Drift, CameraSpec, SceneSpec, LookSpec)
_NESTED = (RunnerSpec, CameraSpec, SceneSpec, LookSpec, Drift)


@cache
def table_keys(table: str) -> dict[str, Any]:
    """Give the keys of a table.

    Parameters
    ----------
    table : str
        One of `TABLES`.

    Returns
    -------
    dict
        Key → type of its value.
    """
    hints = get_type_hints(TABLES[table])
    return {field.name: hints[field.name] for field in fields(TABLES[table]) if hints[field.name] not in _NESTED}


def table_spec(request: ClipRequest, table: str) -> Any:
    """Give the part of a request that a table describes.

    Parameters
    ----------
    request : ClipRequest
    table : str
        One of `TABLES`.

    Returns
    -------
    object of the class in `TABLES`
    """
    return {
        "clip": request,
        "runner": request.runner,
        "runner.drift": request.runner.drift,
        "camera": request.camera,
        "scene": request.scene,
        "look": request.scene.look,
    }[table]


@dataclass
class SpecLayer:
    """Values from one source: a spec file, or the command line.

    Attributes
    ----------
    values : dict
        (table, key) → value of the field's type.
    sources : dict
        (table, key) → the value as it was given, for messages: ``run.toml: cadence_spm = 170``.
    """

    values: dict[tuple[str, str], Any] = field(default_factory=dict)
    sources: dict[tuple[str, str], str] = field(default_factory=dict)

    def set_value(self, table: str, key: str, value: object, source: str, remedy: str = "") -> None:
        """Add a value.

        Parameters
        ----------
        table, key : str
            Where it belongs; see `TABLES` and `table_keys`.
        value : object
            From TOML, or text.
        source : str
            The value as it was given, for messages.
        remedy : str
            Added to the message where the value is no number.

        Raises
        ------
        InputError
            The value does not fit the key.
        """
        self.values[table, key] = _read(table_keys(table)[key], value, source, remedy)
        self.sources[table, key] = source


# --- values ----------------------------------------------------------------------------------------------------------


def _read(kind: Any, value: object, source: str, remedy: str) -> Any:
    """Read one value, from TOML or as text, for a field of type ``kind``."""
    options = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    if NoneType in options and isinstance(value, str) and value.strip().lower() in UNSET:
        return None
    if get_origin(kind) is Literal:
        return _choice(get_args(kind), value, source)
    if kind is bool:
        if isinstance(value, bool):
            return value
        raise InputError(f"{source} is neither true nor false")
    if kind is int:
        number = _number(value, source, remedy)
        if number != round(number):
            raise InputError(f"{source} is not a whole number" + (f"; {remedy}" if remedy else ""))
        return round(number)
    if Colour in options:
        return _colour(value, source)
    if tuple[float, float] in options:
        return _sided(value, source, remedy)
    return _number(value, source, remedy)


def _choice(choices: Sequence[Any], value: object, source: str) -> Any:
    for choice in choices:
        if value == choice or (isinstance(value, str) and value.strip().lower() == str(choice)):
            return choice
    raise InputError(f"{source} is unknown; choose from: {', '.join(map(str, choices))}")


def _number(value: object, source: str, remedy: str) -> float:
    """Read a number, as text with decimal point or comma."""
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError
        number = float(value.strip().replace(",", ".") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        raise InputError(f"{source} is not a number" + (f"; {remedy}" if remedy else "")) from None
    if not math.isfinite(number):
        raise InputError(f"{source} is not a finite number")
    return number


def _sided(value: object, source: str, remedy: str) -> Sided:
    """Read one number for both sides, or left and right."""
    sides = value.split(",") if isinstance(value, str) else value if isinstance(value, list | tuple) else [value]
    numbers = [_number(side, source, remedy) for side in sides]
    if len(numbers) not in (1, 2):
        raise InputError(f"{source} holds {len(numbers)} numbers; give one for both sides, or left,right")
    return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])


def _colour(value: object, source: str) -> Colour:
    if isinstance(value, str):
        name = value.strip().lower()
        if name in COLOURS:
            return COLOURS[name]
        if re.fullmatch(r"#[0-9a-f]{6}", name):
            red, green, blue = (int(name[n : n + 2], 16) / 255 for n in (1, 3, 5))
            return red, green, blue
    elif isinstance(value, list | tuple) and len(value) == 3:
        red, green, blue = (_number(part, source, "") for part in value)
        if all(0 <= part <= 1 for part in (red, green, blue)):
            return red, green, blue
        raise InputError(f"{source}: red, green and blue lie between 0 and 1")
    raise InputError(f"{source} is no colour; give #rrggbb or one of: {', '.join(COLOURS)}")


# --- spec files ------------------------------------------------------------------------------------------------------


def load_spec_file(path: Path) -> SpecLayer:
    """Read a spec file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    SpecLayer

    Raises
    ------
    InputError
        The file cannot be read, or holds a key or a value that does not exist. The message names the file and the
        key, and for an unknown key the nearest existing one.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: no such spec file; check the name and the folder") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({(error.strerror or str(error)).lower()})") from None
    try:
        content = parse_toml(data)
    except ValueError as error:
        raise InputError(f"{path}: {error}; give a TOML file", code="spec_file_unreadable") from None
    layer = SpecLayer()
    for name, table in content.items():
        _read_table(layer, path, name, table)
    return layer


def _read_table(layer: SpecLayer, path: Path, name: str, table: object) -> None:
    if name not in TABLES or not isinstance(table, Mapping):
        homes = [home for home in TABLES if name in table_keys(home)]
        if homes and name not in TABLES:
            raise InputError(f"{path}: {name} stands outside a table; move it under [{homes[0]}]")
        if name in TABLES:
            raise InputError(f"{path}: {name} must be a table; write [{name}] on a line of its own")
        raise InputError(f"{path}: [{name}] is unknown; did you mean [{_nearest(name, TABLES)}]?")
    for key, value in table.items():
        inner = f"{name}.{key}"
        if inner in TABLES:
            _read_table(layer, path, inner, value)
        elif key in table_keys(name):
            layer.set_value(name, key, value, f"{path}: {key} = {_toml(value)}")
        else:
            homes = [home for home in TABLES if key in table_keys(home)]
            hint = f"it belongs to [{homes[0]}]" if homes else f"did you mean {_nearest(key, table_keys(name))}?"
            if key in TABLES:
                hint = f"write it as a table of its own, [{key}]"
            raise InputError(f"{path}: [{name}] has no {key}; {hint}")


def _nearest(name: str, options: Mapping[str, Any]) -> str:
    return difflib.get_close_matches(name[:80], list(options), n=1, cutoff=0.0)[0]


def request_as_toml(request: ClipRequest) -> str:
    """Write a request as a spec file.

    Parameters
    ----------
    request : ClipRequest

    Returns
    -------
    str
        TOML; `load_spec_file` of it gives the same request.
    """
    # Not with tomli-w: it writes an array over several lines, a line a number, so that pairs of (left, right) and
    # colours are hard to read and to edit.
    blocks = []
    for table in TABLES:
        lines = [f"[{table}]"]
        for key, kind in table_keys(table).items():
            if (table, key) == ("runner", "knee_flexion_contact_deg") and request.runner.tibia_angle_deg is not None:
                continue  # it follows from the tibia angle and the overstride
            value = getattr(table_spec(request, table), key)
            unset = "none" if Colour in get_args(kind) else "auto"
            lines.append(f"{key} = {_toml(unset if value is None else value)}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value) if isinstance(value, int | float) else str(value)


# --- putting together ------------------------------------------------------------------------------------------------


def build_request(layers: Sequence[SpecLayer], *, base: ClipRequest | None = None, random: bool = False) -> ClipRequest:
    """Put a request together.

    Parameters
    ----------
    layers : sequence of SpecLayer
        Later ones win over earlier ones, and all of them over the base.
    base : ClipRequest, optional
        Holds for every key that no layer gives.
    random : bool
        Draw runner, camera and scene from the seed instead. A runner who cannot run with the values of the layers is
        drawn again.

    Returns
    -------
    ClipRequest

    Raises
    ------
    InputError
        A value is out of range, or two contradict each other; the message names them as they were given.
    """
    values: dict[tuple[str, str], Any] = {}
    sources: dict[tuple[str, str], str] = {}
    for layer in layers:
        _settle(layer, values, sources)
        values.update(layer.values)
        sources.update(layer.sources)

    def assembled(start: ClipRequest) -> ClipRequest:
        changed = {table: {key: value for (home, key), value in values.items() if home == table} for table in TABLES}
        drift = _with("runner.drift", start.runner.drift, changed["runner.drift"], sources)
        look = _with("look", start.scene.look, changed["look"], sources)
        specs = {
            "runner": _with("runner", start.runner, {"drift": drift, **changed["runner"]}, sources),
            "camera": _with("camera", start.camera, changed["camera"], sources),
            "scene": _with("scene", start.scene, {"look": look, **changed["scene"]}, sources),
        }
        return _with("clip", start, {**changed["clip"], **specs}, sources)

    start = base or ClipRequest()
    if not random:
        return assembled(start)
    seed = int(values.get(("clip", "seed"), start.seed))
    view = values.get(("camera", "view"))
    for attempt in range(_MAX_DRAWS):
        rng = np.random.default_rng([max(seed, 0), 73, attempt])
        try:
            runner, scene = random_runner(rng), rounded(random_scene(rng))
            request = assembled(replace(start, runner=runner, scene=scene, camera=random_camera(rng, view)))
            solve(request.runner, request.seconds, seed=request.seed)
        except InputError:
            if attempt == _MAX_DRAWS - 1:
                raise
        else:
            return request
    raise AssertionError("unreachable")


#: Pairs of keys of which one follows from the other.
_ONE_FOLLOWS = (
    (("runner", "tibia_angle_deg"), ("runner", "knee_flexion_contact_deg")),
    (("runner", "knee_flexion_stance_deg"), ("runner", "vertical_oscillation_cm")),
)


def _settle(layer: SpecLayer, values: dict[tuple[str, str], Any], sources: dict[tuple[str, str], str]) -> None:
    """Refuse both of a pair within a layer; between layers the later one wins, and the earlier one is taken back."""
    for pair in _ONE_FOLLOWS:
        given = [key for key in pair if layer.values.get(key) is not None]
        if len(given) == 2:
            first, second = (layer.sources[key] for key in pair)
            raise InputError(f"{first} and {second}: one follows from the other; give one of them")
        for key in given:
            other = pair[1 - pair.index(key)]
            if NoneType in get_args(table_keys(other[0])[other[1]]):
                # A preset may have set it, which is no layer.
                values[other] = None
            else:
                values.pop(other, None)
            sources.pop(other, None)


def _with(table: str, spec: _Spec, changes: dict[str, Any], sources: Mapping[tuple[str, str], str]) -> _Spec:
    """Replace fields; an error names the value as it was given."""
    try:
        return replace(spec, **changes)
    except InputError as error:
        message = str(error)
        named = re.match(r"(?:drift\.)?(\w+)=\S+", message)
        source = sources.get((table, named[1])) if named else None
        if named is None or source is None:
            raise
        raise InputError(source + message[named.end() :]) from None
