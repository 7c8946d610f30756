"""The bundled model is the recorded one, and another one must be a model bundle."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from pathlib import Path

import pytest

from gait.errors import InputError
from gait.pose.engines import model_file as model_module
from gait.pose.engines.mediapipe_tasks import MediapipeTasks
from gait.pose.engines.model_file import MEMBERS, MODEL_NAMES, NETWORKS, bundle_hash, load_model, network_name


@pytest.mark.parametrize("name", NETWORKS)
def test_a_bundled_network_is_the_recorded_one(name):
    model = load_model(name)
    assert model.name == f"pose_landmarker_{name}"
    assert model.sha256 == hashlib.sha256(model.path.read_bytes()).hexdigest() == bundle_hash(name)
    assert network_name(model.sha256) == name


def test_a_network_is_known_by_its_content_and_not_by_its_name(tmp_path):
    renamed = load_model(shutil.copy(load_model("heavy").path, tmp_path / "mine.task"))
    assert network_name(renamed.sha256) == "heavy"
    assert network_name("0" * 64) == "other"


@pytest.mark.parametrize("unknown", ["hevy", "Heavy", "lite", Path("hevy")])
def test_an_unknown_name_is_refused_with_the_names_there_are(unknown):
    with pytest.raises(InputError, match="is unknown; choose from: full, heavy, mixed, or give a") as caught:
        load_model(unknown)
    assert "\n" not in str(caught.value)
    assert all(name in str(caught.value) for name in MODEL_NAMES)


def test_a_file_that_is_named_like_a_network_is_reached_by_its_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(load_model("full").path, "heavy")
    assert network_name(load_model("heavy").sha256) == "heavy"
    assert network_name(load_model("./heavy").sha256) == "full"


def test_a_damaged_bundled_model_is_refused(tmp_path, monkeypatch):
    bundled = load_model().path.parent
    for name in ("pose_landmarker_full.task", "SHA256SUMS"):
        (tmp_path / "_models").mkdir(exist_ok=True)
        shutil.copy(bundled / name, tmp_path / "_models" / name)
    data = bytearray((tmp_path / "_models" / "pose_landmarker_full.task").read_bytes())
    data[5_000_000] ^= 1
    (tmp_path / "_models" / "pose_landmarker_full.task").write_bytes(data)
    monkeypatch.setattr(model_module, "__file__", str(tmp_path / "pose" / "engines" / "model_file.py"))
    with pytest.raises(InputError, match=r"SHA-256 differs.*install gait again"):
        load_model()


def test_an_installation_without_its_model_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(model_module, "__file__", str(tmp_path / "gait" / "pose" / "engines" / "model_file.py"))
    with pytest.raises(InputError, match="missing from this installation"):
        load_model()


def bundle(path: Path, *members: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for member in members:
            archive.writestr(member, b"not a network")
    return path


def test_another_model_has_its_own_name_and_hash(tmp_path):
    model = load_model(shutil.copy(load_model().path, tmp_path / "pose_landmarker_heavy.task"))
    assert model.name == "pose_landmarker_heavy"


def test_a_file_is_read_and_hashed_once_as_long_as_it_does_not_change(tmp_path, monkeypatch):
    path = Path(shutil.copy(load_model("full").path, tmp_path / "mine.task"))
    first = load_model(path)
    with monkeypatch.context() as patched:
        patched.setattr(hashlib, "file_digest", lambda file, _: pytest.fail(f"{file.name} was read again"))
        assert load_model(path) == first
    shutil.copy(load_model("heavy").path, path)
    assert network_name(load_model(path).sha256) == "heavy"


def test_a_model_that_is_changed_after_it_was_checked_is_not_used(tmp_path):
    path = Path(shutil.copy(load_model("full").path, tmp_path / "mine.task"))
    model = load_model(path)
    assert hashlib.sha256(model.content()).hexdigest() == model.sha256
    shutil.copy(load_model("heavy").path, path)
    with pytest.raises(InputError, match=r"mine\.task: the model file was changed while it is used"):
        model.content()
    path.unlink()
    with pytest.raises(InputError, match="was changed"):
        model.content()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder / "missing.task", "no such model file"),
        (lambda folder: folder, "is a folder"),
        (lambda folder: folder / "text.task", "is not a model bundle"),
        (lambda folder: bundle(folder / "half.task", MEMBERS[0]), f"lacks {MEMBERS[1]}"),
    ],
)
def test_a_file_that_is_no_model_gets_one_line(tmp_path, make, message):
    (tmp_path / "text.task").write_text("no model")
    with pytest.raises(InputError, match=message) as caught:
        load_model(make(tmp_path))
    assert "\n" not in str(caught.value)


def test_a_bundle_that_the_runtime_cannot_load_gets_one_line(tmp_path, capfd):
    path = bundle(tmp_path / "fake.task", *MEMBERS)
    with (
        pytest.raises(InputError, match=r"fake\.task: the pose model cannot be loaded") as caught,
        MediapipeTasks(path),
    ):
        pass
    assert "\n" not in str(caught.value)
    assert capfd.readouterr().err == ""
