"""Every public name exists, and names of earlier versions still work with a warning."""

from __future__ import annotations

import pytest

from gait import synthetic


def test_every_public_name_exists() -> None:
    for name in synthetic.__all__:
        assert hasattr(synthetic, name), name


def test_an_earlier_name_warns_and_names_the_new_one() -> None:
    with pytest.warns(DeprecationWarning, match=r"gait\.synthetic\.Camera is now gait\.synthetic\.PinholeCamera"):
        camera = synthetic.Camera
    assert camera is synthetic.PinholeCamera


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="Kamera"):
        synthetic.Kamera  # noqa: B018
