"""No clip and no file of somebody else ever changes: random trees of clips, options, reruns and changes in between."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gait.errors import GaitError, InputError
from gait.owned_files import FILES_LIST, is_own_file
from gait.session_files import check_session_folder
from tests.quick_batch import hashes, run_batch, write_session

#: More in the long fuzzing: GAIT_EXAMPLES=2000.
EXAMPLES = int(os.environ.get("GAIT_EXAMPLES", "40"))

FOLDERS = ("", "Anna", "Ben", "Anna/mon", "Anna-gait")
CLIPS = ("side", "rear", "front", "Side", "side_2", "side_annotated", "run_side", "run_rear", "compare", "index")
OUTPUTS = (*FOLDERS, "out", "..", "Anna/out")
FOREIGN = (
    *("report.html", "report.json", "session.json", "steps.csv", "pose_1.nc", "clean_1.nc", "error.txt", "notes.txt"),
    *("index.html", "summary.csv", "summary.parquet", "side_annotated.mp4x", "pose_1.part/00000.npz", "answers.toml"),
)
CONTENTS = ("a", "b", "c", "refuse", "mine", "")

clips = st.tuples(st.sampled_from(FOLDERS), st.sampled_from(CLIPS), st.sampled_from(CONTENTS[:4]))
foreign_files = st.tuples(
    st.sampled_from((*FOLDERS, "out", "out/Anna", "Anna/Anna")), st.sampled_from(FOREIGN), st.sampled_from(CONTENTS)
)
batches = st.fixed_dictionaries(
    {
        "do": st.just("batch"),
        "source": st.sampled_from(("", "Anna")),
        "output": st.sampled_from(OUTPUTS),
        "height": st.sampled_from((None, 1.7, 1.8)),
        "video": st.booleans(),
        "prune": st.booleans(),
        "fresh": st.booleans(),
    }
)
analyses = st.fixed_dictionaries(
    {"do": st.just("analyze"), "clip": st.integers(0, 9), "output": st.sampled_from(OUTPUTS), "video": st.booleans()}
)
changes = st.fixed_dictionaries(
    {"do": st.sampled_from(("rename", "remove", "edit a result", "copy a clip over")), "which": st.integers(0, 99)}
)


class Tree:
    """A folder with clips and other files, and what must stay as it is."""

    def __init__(self, root: Path) -> None:
        self.root, self.mine = root / "week", {}
        self.root.mkdir()

    def add(self, path: Path, content: str) -> None:
        if not path.exists() and all(not parent.is_file() for parent in path.parents):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
            self.keep(path)

    def keep(self, path: Path) -> None:
        self.mine[path] = path.read_bytes()

    def check(self) -> None:
        for path, content in self.mine.items():
            assert path.is_file(), f"{path} is gone"
            assert path.read_bytes() == content, f"{path} was changed"

    def clips(self) -> list[Path]:
        return sorted(path for path in self.mine if path.suffix == ".mp4")

    def run(self, step: dict) -> None:
        getattr(self, "_" + step["do"].split()[0])(step)

    def _batch(self, step: dict) -> None:
        output = Path(os.path.normpath(self.root / step["output"]))
        options = {name: step[name] for name in ("video", "prune", "fresh")}
        run_batch(self.root / step["source"], output, height_m=step["height"], **options)

    def _analyze(self, step: dict) -> None:
        if not self.clips():
            return
        clip, folder = self.clips()[step["clip"] % len(self.clips())], self.root / step["output"]
        check_session_folder(folder, videos=1, sources=[clip], annotated=step["video"])
        folder.mkdir(parents=True, exist_ok=True)
        write_session([clip], folder, views=["side"], video=step["video"], text=clip.name)

    def _rename(self, step: dict) -> None:
        if found := self.clips():
            old = found[step["which"] % len(found)]
            new = old.with_name(f"renamed_{step['which']}_side.mp4")
            if not new.exists():
                old.rename(new)
                self.mine[new] = self.mine.pop(old)

    def _remove(self, step: dict) -> None:
        if found := self.clips():
            gone = found[step["which"] % len(found)]
            gone.unlink()
            del self.mine[gone]

    def _edit(self, step: dict) -> None:
        results = sorted(p for p in hashes(self.root.parent) if p not in self.mine and is_own_file(p))
        results = [path for path in results if path.name != "session.json"]  # only gait reads it
        if results:
            edited = results[step["which"] % len(results)]
            edited.write_text("edited by hand", encoding="utf-8")
            self.keep(edited)

    def _copy(self, step: dict) -> None:
        results = sorted(p for p in hashes(self.root.parent) if p not in self.mine and is_own_file(p))
        results = [path for path in results if path.suffix == ".mp4"]
        if results and self.clips():
            target = results[step["which"] % len(results)]
            shutil.copyfile(self.clips()[0], target)
            self.keep(target)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.lists(clips, min_size=1, max_size=5), st.lists(foreign_files, max_size=3), st.data())
def test_every_source_and_every_foreign_file_stays(film: list, others: list, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tree = Tree(Path(folder))
        for where, name, content in film:
            tree.add(tree.root / where / f"{name}.mp4", f"{content} {where}")
        for where, name, content in others:
            tree.add(tree.root / where / name, content)
        for step in data.draw(st.lists(st.one_of(batches, analyses, changes), min_size=1, max_size=5)):
            try:
                tree.run(step)
            except GaitError as error:
                told = str(error)
                assert "\n" not in told
            tree.check()
            left = [path for path in Path(folder).rglob(".gait*") if path.name != FILES_LIST]
            assert not left, left


def test_chunks_of_poses_that_gait_did_not_make_stay(tmp_path: Path) -> None:
    clip, chunk = tmp_path / "run.mp4", tmp_path / "pose_1.part" / "00000.npz"
    chunk.parent.mkdir()
    for path in (clip, chunk):
        path.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"pose_1\.part: was not made by gait"):
        write_session([clip], tmp_path, views=["side"], video=False, text="x")
    assert chunk.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("video", [True, False])
def test_a_batch_into_its_own_folder_again_with_another_height(tmp_path: Path, video: bool) -> None:
    clip = tmp_path / "week" / "Anna" / "side.mp4"
    clip.parent.mkdir(parents=True)
    clip.write_text("Anna's clip", encoding="utf-8")
    for height in (1.75, 1.80):
        result = run_batch(tmp_path / "week", tmp_path / "week", height_m=height, video=video)
        assert [row.status for row in result.sessions] == ["ok"]
        assert clip.read_text(encoding="utf-8") == "Anna's clip"
    assert (tmp_path / "week" / "Anna-gait" / "report.html").is_file()
    assert (tmp_path / "week" / "Anna-gait" / "side.mp4").is_file() == video


def test_a_manifest_beside_its_clips_again_with_another_height(tmp_path: Path) -> None:
    clip = tmp_path / "Anna" / "side.mp4"
    clip.parent.mkdir()
    clip.write_text("Anna's clip", encoding="utf-8")
    (tmp_path / "m.csv").write_text("file,athlete\nAnna/side.mp4,Anna\n", encoding="utf-8")
    for height in (1.75, 1.80):
        run_batch(tmp_path / "m.csv", tmp_path, height_m=height, video=False)
        assert clip.read_text(encoding="utf-8") == "Anna's clip"


def test_the_folder_of_an_athlete_as_output_of_the_whole_week(tmp_path: Path) -> None:
    for name in ("Anna", "Ben"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "side.mp4").write_text(name, encoding="utf-8")
    for _ in range(2):
        result = run_batch(tmp_path, tmp_path / "Anna")
        assert [row.status for row in result.sessions] == ["ok", "ok"]
    inside = run_batch(tmp_path / "Anna", tmp_path)
    assert [row.planned.clips[0].label for row in inside.sessions] == ["side.mp4"]
    assert [(tmp_path / name / "side.mp4").read_text(encoding="utf-8") for name in ("Anna", "Ben")] == ["Anna", "Ben"]


def test_a_clip_of_the_coach_in_the_folder_of_a_report_gets_a_neighbour(tmp_path: Path) -> None:
    (tmp_path / "new.mp4").write_text("new", encoding="utf-8")
    (tmp_path / "side.mp4").write_text("another athlete", encoding="utf-8")
    write_session([tmp_path / "new.mp4"], tmp_path, views=["side"], video=True, text="x")
    assert (tmp_path / "side.mp4").read_text(encoding="utf-8") == "another athlete"
    assert (tmp_path / "side_annotated.mp4").read_text(encoding="utf-8").startswith("annotated")
