"""The data of the MakeHuman bodies load, are the ones that were built, and are refused where they are damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gait.errors import InputError
from gait.synthetic.body import makehuman_asset as asset_module
from gait.synthetic.body.makehuman_asset import makehuman_asset


def test_the_asset_is_one_body_with_its_joints_faces_and_bones() -> None:
    asset = makehuman_asset()
    assert makehuman_asset() is asset
    assert 1.4 < np.ptp(asset.base[: int(asset.faces["body"].max()) + 1, 1]) < 2.0
    for quads in asset.faces.values():
        assert quads.max() < len(asset.bone_shares)
    np.testing.assert_allclose(asset.bone_shares.sum(axis=1), 1.0, atol=1e-6)
    # Left is left: the runner's right is Z.
    assert asset.base[asset.joints["r-knee"], 2] > 0 > asset.base[asset.joints["l-knee"], 2]
    assert all(mask.any() for mask in asset.masks.values())


def test_targets_move_the_base_mesh_by_as_much_as_is_asked_for() -> None:
    asset = makehuman_asset()
    name = "macrodetails/universal-male-young-averagemuscle-maxweight"
    none, half, whole = (asset.shaped({name: share}) for share in (0.0, 0.5, 1.0))
    np.testing.assert_allclose(none, asset.base, atol=1e-6)
    np.testing.assert_allclose(half - none, (whole - none) / 2, atol=1e-5)
    assert np.linalg.norm(whole - none, axis=1).max() > 0.02


@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_a_damaged_installation_is_refused_in_one_line(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "SHA256SUMS").write_text("0" * 64 + "  makehuman_bodies.npz\n", encoding="utf-8")
    package = tmp_path / "package" / "synthetic" / "body"
    package.mkdir(parents=True)
    if damage == "changed":
        (tmp_path / "models").mkdir()
        (tmp_path / "SHA256SUMS").rename(tmp_path / "models" / "SHA256SUMS")
        (tmp_path / "models" / "makehuman_bodies.npz").write_bytes(b"no archive")
    monkeypatch.setattr(asset_module, "__file__", str(package / "makehuman_asset.py"))
    makehuman_asset.cache_clear()
    with pytest.raises(InputError, match="install gait again") as refused:
        makehuman_asset()
    assert "\n" not in str(refused.value)
    makehuman_asset.cache_clear()
