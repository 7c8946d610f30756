"""The shape of one MakeHuman body: from sex, age, build, muscle and height to its vertices and joints."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from itertools import product

import numpy as np

from gait._typing import FloatArray
from gait.synthetic.body.makehuman_asset import MakeHumanAsset, makehuman_asset
from gait.synthetic.run_spec import RunnerSpec

# Ages at which MakeHuman has shapes, years (its documentation); between them it mixes two.
_AGES = {"child": 10.0, "young": 25.0, "old": 90.0}
_DESCENTS = ("african", "asian", "caucasian")
# Build (1 = lean) and MakeHuman's weight, 0 to 1: lean runners to obese beginners. [E]
_BUILD, _WEIGHT = (0.80, 0.90, 1.00, 1.12, 1.25, 1.40), (0.0, 0.22, 0.45, 0.68, 0.88, 1.0)
# Heights of men and women at which MakeHuman's lowest and highest shape are mixed in whole, m from the mean. [E]
_HEIGHT_SPAN_M = 0.70
_MEAN_HEIGHT_M = {"male": 1.78, "female": 1.65}
_DETAILS = (
    ("torso/torso-vshape", ("decr", "incr"), 0.5),
    ("stomach/stomach-tone", ("decr", "incr"), 0.5),
    ("buttocks/buttocks-volume", ("decr", "incr"), 0.5),
)
_HEADS = ("oval", "round", "square", "triangular")


@dataclass(frozen=True)
class MakeHumanShape:
    """One body as MakeHuman stands: arms and legs slightly spread, elbows slightly bent.

    Attributes
    ----------
    asset : MakeHumanAsset
        Faces, bones and masks, the same for all bodies.
    points : (N, 3) array
        Vertices, m; X forward, Y up, Z to the right. Of the size that MakeHuman gives it.
    joints : dict
        Name of MakeHuman's joint → (3,) array, m.
    """

    asset: MakeHumanAsset
    points: FloatArray
    joints: dict[str, FloatArray]

    @property
    def skin(self) -> FloatArray:
        """Vertices of the skin, (S, 3)."""
        return self.points[: int(self.asset.faces["body"].max()) + 1]

    @property
    def height(self) -> float:
        """From sole to crown, m."""
        return float(np.ptp(self.skin[:, 1]))


def _between_levels(value: float) -> dict[str, float]:
    """Mix the lowest, the average and the highest level, 0 to 1."""
    return {"min": max(0.0, 1 - 2 * value), "average": 1 - abs(2 * value - 1), "max": max(0.0, 2 * value - 1)}


def _between_ages(years: float) -> dict[str, float]:
    ages = list(_AGES.values())
    return {name: float(np.interp(years, ages, np.eye(3)[n])) for n, name in enumerate(_AGES)}


def target_shares(runner: RunnerSpec) -> dict[str, float]:
    """Give how much of each target makes a runner's body.

    Parameters
    ----------
    runner : RunnerSpec
        Sex, age, build, muscle and height. Descent and details of trunk and face have no field: they are drawn from
        the other numbers of the body, so that the same body has always the same ones.

    Returns
    -------
    dict
        Name of a target → share.
    """
    body = (runner.height_m, runner.sex, runner.build, runner.age_years, runner.muscle, runner.leg_scale)
    rng = np.random.default_rng(zlib.crc32(repr(body).encode()))
    sex = runner.sex
    weight = float(np.interp(runner.build, _BUILD, _WEIGHT))
    tall = float(np.clip((runner.height_m - _MEAN_HEIGHT_M[sex]) / _HEIGHT_SPAN_M, -1, 1))
    descent = dict(zip(_DESCENTS, rng.dirichlet(np.full(3, 0.5)), strict=True))
    shares: dict[str, float] = {}
    for age, of_age in _between_ages(runner.age_years).items():
        for name, share in descent.items():
            shares[f"macrodetails/{name}-{sex}-{age}"] = of_age * float(share)
        for (muscle, of_muscle), (heavy, of_weight) in product(
            _between_levels(runner.muscle).items(), _between_levels(weight).items()
        ):
            shares[f"macrodetails/universal-{sex}-{age}-{muscle}muscle-{heavy}weight"] = of_age * of_muscle * of_weight
        level = "max" if tall > 0 else "min"
        shares[f"macrodetails/height/{sex}-{age}-averagemuscle-averageweight-{level}height"] = of_age * abs(tall)
        if sex == "female" and age != "child":
            cup = float(rng.uniform(-0.7, 0.7))
            target = f"breast/female-{age}-averagemuscle-averageweight-{'max' if cup > 0 else 'min'}cup"
            shares[f"{target}-averagefirmness"] = of_age * abs(cup)
    for name, ways, largest in _DETAILS:
        amount = float(rng.uniform(-largest, largest))
        shares[f"{name}-{ways[int(amount > 0)]}"] = abs(amount)
    shares[f"head/head-{_HEADS[int(rng.integers(len(_HEADS)))]}"] = float(rng.uniform(0, 0.6))
    return {name: share for name, share in shares.items() if share > 0}


def makehuman_shape(runner: RunnerSpec) -> MakeHumanShape:
    """Make the shape of a runner's body.

    Parameters
    ----------
    runner : RunnerSpec

    Returns
    -------
    MakeHumanShape

    Raises
    ------
    InputError
        The asset is missing or damaged.
    """
    asset = makehuman_asset()
    rows = asset.shaped(target_shares(runner))
    count = len(asset.bone_shares)
    return MakeHumanShape(asset, rows[:count], {name: rows[row] for name, row in asset.joints.items()})
