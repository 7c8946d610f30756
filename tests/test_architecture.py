"""The order of the rooms (docs/architecture.md), names that occur once, declared dependencies, tests that mirror."""

from __future__ import annotations

import itertools
import re
import sys
import tomllib
from collections import Counter, defaultdict
from importlib import metadata
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.source_code import Module, imports, modules, public_definitions

#: From the ground up: a room imports only rooms that stand before it. Rooms in one line do not import each other,
#: but for the small modules of the first line.
ORDER = (
    (
        *(
            "errors",
            "_typing",
            "accessors",
            "background_work",
            "heap_settings",
            "records",
            "display_text",
            "text_tables",
            "written_units",
            "display_language",
            "display_units",
            "formatted_message",
        ),
        *("atomic_files", "owned_files"),
        *("session_files", "netcdf", "hdf5_guard", "limit_text", "single_core", "parent_process"),
        *("checked_json", "checked_toml"),
    ),
    ("calibration",),
    ("video",),
    ("labelling",),
    ("pose",),
    ("geometry",),
    ("signal",),
    ("events",),
    ("metrics",),
    ("analysis",),
    ("live",),
    ("quality",),
    ("findings",),
    ("tables",),
    ("session",),
    ("report",),
    ("io",),
    ("history",),
    ("batch",),
    ("synthetic",),
    ("validation",),
    ("_deprecated",),
    ("app",),
    ("cli",),
    ("__main__",),
    ("__init__",),
)
LEVEL = {room: level for level, rooms in enumerate(ORDER) for room in rooms}
#: What the synthetic runner shares with the code that measures: nothing but these.
SYNTHETIC_MAY_IMPORT = {"errors", "_typing", "records", "owned_files", "single_core", "checked_toml", "video"}
SYNTHETIC_MAY_IMPORT |= {"synthetic"}
#: Names of distributions that are imported under another name.
DISTRIBUTIONS = {
    "PIL": "pillow",
    "ai_edge_litert": "ai-edge-litert",
    "cv2": "opencv-contrib-python",
    "fpdf": "fpdf2",
    "lazy_loader": "lazy-loader",
    "tomli_w": "tomli-w",
    "upath": "universal-pathlib",
    "vtkmodules": "vtk",
    "yaml": "pyyaml",
}
#: Modules without a test file of their own → where their behaviour is tested, or why there is nothing to test.
TESTED_ELSEWHERE = {
    "gait.__main__": "one line; the tests of tests/cli/test_main.py run it as a program",
    "gait._deprecated": "tests/test_deprecated_names.py uses every old name",
    "gait._typing": "aliases for type checkers",
    "gait.app.about_form": "tests/app/test_about_page.py through the form",
    "gait.app.adjust_worker": "tests/app/test_adjust_routes.py crashes and ends it",
    "gait.app.api_models": "records; tests/app/test_api_routes.py sends what they refuse",
    "gait.app.app_settings": "records; tests/app use them",
    "gait.app.app_store": "tests/app/test_job_queue.py and test_web_server.py",
    "gait.app.athlete_course": "tests/app/test_athlete_history_page.py",
    "gait.app.athlete_details": "tests/app/test_api_routes.py and test_job_queue.py through the API",
    "gait.app.athlete_export": "tests/app/test_coach_page.py unpacks it",
    "gait.app.athlete_page": "tests/app/test_coach_page.py",
    "gait.app.batch_store": "tests/app/test_batch_page.py",
    "gait.app.body_map": "tests/app/test_about_page.py",
    "gait.app.coach_api": "tests/app/test_coach_page.py, test_batch_page.py and test_share_page.py",
    "gait.app.coach_store": "tests/app/test_coach_page.py",
    "gait.app.compare_page": "tests/app/test_share_page.py",
    "gait.app.data_folder": "tests/app/test_upload_protocol.py through the API",
    "gait.app.diary_store": "tests/app/test_job_queue.py and test_api_routes.py through the API",
    "gait.app.film_folders": "tests/app/test_batch_page.py",
    "gait.app.invitation_link": "tests/app/test_access_guard.py",
    "gait.app.job_process": "tests/app/test_job_queue.py crashes it",
    "gait.app.job_store": "tests/app/test_job_queue.py",
    "gait.app.job_tasks": "tests/app/test_job_queue.py with stand-ins; an analysis takes too long for a quick test",
    "gait.app.live_process": "tests/app/test_live_page.py with a stub tracker",
    "gait.app.live_store": "tests/app/test_live_page.py",
    "gait.live.live_targets": "tests/live/test_stride_stream.py measures each of them",
    "gait.live.window_measurement": "tests/live/test_stride_stream.py",
    "gait.app.login_store": "tests/app/test_access_guard.py",
    "gait.app.page_rendering": "tests/app/test_access_guard.py",
    "gait.app.rate_limit": "tests/app/test_access_guard.py",
    "gait.app.session_store": "tests/app/test_job_queue.py",
    "gait.app.upload_store": "tests/app/test_upload_protocol.py",
    "gait.app.web_app": "tests/app/test_access_guard.py and test_api_routes.py",
    "gait.cli.serve_command": "tests/app/test_web_server.py runs the server",
    "gait.io.export_formats": "tests/io/test_export.py opens a file of every format with another library",
    "gait.report.physio_pdf": "tests/report/test_single_file_report.py",
    "gait.report.page_records": "records that tests/report/test_page_content.py fills",
}

GAIT = modules("gait")


def imported_modules(module: Module) -> set[str]:
    """Name the modules of gait that a module imports, type-checking imports included."""
    names = {m.name for m in GAIT}
    found = set()
    for statement in imports(module):
        if statement.module.split(".")[0] != "gait":
            continue
        inner = {f"{statement.module}.{name}" for name in statement.names} & names
        found |= inner or {statement.module}
        if len(inner) < len(statement.names):
            found.add(statement.module)
    return found


def room_of(name: str) -> str:
    return name.split(".")[1] if "." in name else "__init__"


@pytest.mark.parametrize("module", GAIT, ids=lambda m: m.name)
def test_a_room_imports_only_rooms_below_it(module: Module) -> None:
    assert module.room in LEVEL, f"{module.room} has no place in ORDER and in docs/architecture.md"
    for name in imported_modules(module):
        room = room_of(name)
        if name == "gait":
            # `from gait import __version__` reads the package's metadata, not a room.
            assert {n for i in imports(module) if i.module == "gait" for n in i.names} <= {"__version__", *LEVEL}
            continue
        allowed = room == module.room or LEVEL[room] < LEVEL[module.room] or LEVEL[room] == 0
        assert allowed, f"{module.name} imports {name}, which stands above it"


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {module.name: imported_modules(module) - {module.name, "gait"} for module in GAIT}
    finished: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path[path.index(name) :], name))
        if name not in finished:
            for other in sorted(graph.get(name, ())):
                visit(other, (*path, name))
            finished.add(name)

    for name in graph:
        visit(name, ())


def test_the_synthetic_runner_shares_no_code_with_what_measures() -> None:
    for module in (m for m in GAIT if m.room == "synthetic"):
        assert {room_of(name) for name in imported_modules(module)} <= SYNTHETIC_MAY_IMPORT, module.name


def test_the_architecture_page_names_every_room() -> None:
    page = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
    for room in (r for r in LEVEL if r not in ("__init__", "__main__", "_deprecated")):
        assert f"gait/{room}" in page, room


def test_a_module_name_is_used_once() -> None:
    names = Counter(m.name.split(".")[-1] for m in GAIT if m.path.name != "__init__.py")
    packages = {m.name.split(".")[-1] for m in GAIT if m.path.name == "__init__.py"}
    assert not {name: count for name, count in names.items() if count > 1 or name in packages}


def test_a_public_class_name_is_used_once() -> None:
    classes = defaultdict(list)
    for module in GAIT:
        for definition in public_definitions(module):
            if "." not in definition.name and definition.name[0].isupper():
                classes[definition.name].append(module.name)
    assert not {name: where for name, where in classes.items() if len(where) > 1}


def test_only_the_command_line_names_its_options() -> None:
    option = re.compile(r"""(?<![-\w(])--[a-z][a-z-]+""")
    for module in (m for m in GAIT if m.room not in ("cli", "__main__", "validation")):
        for number, line in enumerate(module.path.read_text(encoding="utf-8").splitlines(), start=1):
            assert not option.search(line) or "var(--" in line, f"{module.path}:{number}: {line.strip()}"


# --- dependencies ---

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def declared(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=!~;\[ ]", r, maxsplit=1)[0].lower().replace("_", "-") for r in requirements}


def imported_distributions(package: str) -> dict[str, set[str]]:
    found = defaultdict(set)
    for module in modules(package):
        for statement in imports(module):
            top = statement.module.split(".")[0]
            if top not in sys.stdlib_module_names and top not in ("gait", "calibration", "benchmarks", "tests"):
                found[DISTRIBUTIONS.get(top, top).lower().replace("_", "-")].add(module.name)
    return found


def test_what_is_imported_is_declared() -> None:
    core = declared(PROJECT["dependencies"])
    extras = set().union(*(declared(r) for r in PROJECT["optional-dependencies"].values()))
    for name, importers in imported_distributions("gait").items():
        assert name in core | extras, f"{name} is imported by {sorted(importers)} and declared nowhere"


def test_what_is_declared_is_imported() -> None:
    imported = set(imported_distributions("gait"))
    # h5netcdf leaves the choice of its backend to us; fsspec loads s3fs by name, distributed needs Dask, pandas reads
    # HDF5 through tables, and VTK's modules are imported by name.
    # uvicorn and FastAPI import what reads WebSockets and forms.
    indirect = {"h5py", "fsspec", "s3fs", "dask", "tables", "vtk", "websockets", "python-multipart"}
    assert declared(PROJECT["dependencies"]) <= imported | indirect
    for extra in ("synthetic", "export", "rtmpose", "cluster", "deeplabcut"):
        unused = declared(PROJECT["optional-dependencies"][extra]) - imported - indirect - {"gait"}
        assert not unused, extra


def test_ranges_have_both_ends() -> None:
    extras = itertools.chain.from_iterable(PROJECT["optional-dependencies"].values())
    for requirement in (r for r in (*PROJECT["dependencies"], *extras) if not r.startswith("gait[")):
        assert ">=" in requirement, requirement
        assert "<" in requirement.replace(">=", "", 1).split(";")[0], requirement


def test_the_distributions_are_those_that_are_installed() -> None:
    all_installed = metadata.packages_distributions()
    for module, distribution in DISTRIBUTIONS.items():
        installed = all_installed.get(module)
        if installed is not None:
            assert distribution in {name.lower().replace("_", "-") for name in installed}


# --- tests ---


def mirrored(module: Module) -> Path:
    parts = module.name.split(".")[1:]
    return REPOSITORY / "tests" / Path(*parts[:-1]) / f"test_{parts[-1]}.py"


def test_every_module_has_its_test_file_or_a_reason() -> None:
    lacking = [
        m.name
        for m in GAIT
        if m.path.name != "__init__.py" and m.name not in TESTED_ELSEWHERE and not mirrored(m).is_file()
    ]
    assert not lacking
    for name, reason in TESTED_ELSEWHERE.items():
        assert not mirrored(Module(name, Path())).is_file(), f"{name} has a test file now"
        for file in re.findall(r"tests/[\w/]+\.py", reason):
            assert (REPOSITORY / file).is_file(), file


def test_every_test_file_belongs_to_a_module() -> None:
    about_several_modules = {f"test_{name}" for name in ("sources_stay", "plausible_ranges", "browser", "document")}
    about_several_modules.add("test_public_names")
    files = {m.name.split(".")[-1] for m in (*GAIT, *modules("calibration"))}
    for path in sorted((REPOSITORY / "tests").rglob("test_*.py")):
        folder = path.parent.relative_to(REPOSITORY / "tests").parts
        if folder and folder[0] not in ("end_to_end", "fuzz") and path.stem not in about_several_modules:
            assert path.stem.removeprefix("test_") in files, path
