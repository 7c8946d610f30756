"""The pages of a batch: choose a folder or drop films, see what they make, follow all sessions in one table."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi import Path as PathField
from fastapi.responses import HTMLResponse, RedirectResponse

from gait.app.batch_store import (
    BatchImporter,
    PlannedRun,
    add_batch,
    athlete_names,
    batch_rows,
    list_batches,
    plan_folder,
)
from gait.app.form_reading import read_height_m, read_line, read_speed_mps
from gait.app.page_rendering import check_form_token, page, queue_of, settings_of, store_of
from gait.display_language import _
from gait.errors import GaitError, InputError
from gait.history.athlete_names import name_key

router = APIRouter(include_in_schema=False)
BatchId = Annotated[str, PathField(pattern=r"^[0-9a-f]{32}$")]
FormText = Annotated[str, Form()]
RootNumber = Annotated[int, Query(ge=0, le=1000)]
FolderPath = Annotated[str, Query(max_length=4000)]


def importer_of(request: Request) -> BatchImporter:
    """Return the importer of the server that answers a request.

    Parameters
    ----------
    request : Request

    Returns
    -------
    BatchImporter
    """
    importer: BatchImporter = request.app.state.importer
    return importer


@router.get("/batches")
def choose_films(request: Request, root: RootNumber = 0, path: FolderPath = "") -> HTMLResponse:
    """Show the folders of this machine, and where films are dropped.

    Parameters
    ----------
    request : Request
    root : int
    path : str
        Below it.

    Returns
    -------
    HTMLResponse
    """
    films = importer_of(request).films
    content = films.content(root, path) if films.roots else None
    parts = [part for part in path.split("/") if part]
    return page(
        request,
        "batch_choice.html.j2",
        content=content,
        roots=[folder.name or str(folder) for folder in films.roots],
        crumbs=[(part, "/".join(parts[: n + 1])) for n, part in enumerate(parts)],
        batches=list_batches(store_of(request)),
        names=athlete_names(store_of(request)),
        read_only_server=settings_of(request).read_only,
    )


@router.get("/batches/plan")
def show_plan(request: Request, root: RootNumber = 0, path: FolderPath = "") -> HTMLResponse:
    """Show which sessions the films of a folder make, and whose they are.

    Parameters
    ----------
    request : Request
    root : int
    path : str

    Returns
    -------
    HTMLResponse
    """
    problem, runs = "", []
    try:
        runs = plan_folder(store_of(request), importer_of(request).films, root, path)
    except InputError as error:
        if error.code == "not_found":
            raise
        problem = str(error)
    return page(
        request,
        "batch_plan.html.j2",
        422 if problem else 200,
        runs=runs,
        root=root,
        below=path,
        problem=problem,
        names=athlete_names(store_of(request)),
    )


@router.post("/batches")
def start_batch(
    request: Request,
    csrf_token: FormText,
    root: Annotated[int, Form()] = 0,
    path: FormText = "",
    height: FormText = "",
    speed: FormText = "",
    row: Annotated[list[int] | None, Form()] = None,
    athlete: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Measure the sessions of a folder that were chosen.

    Parameters
    ----------
    request : Request
    csrf_token : str
    root : int
    path : str
    height, speed : str
        Of sessions for which neither manifest nor roster gives them.
    row : list of int
        Numbers of the sessions that were chosen.
    athlete : list of str
        Name of the athlete of every session.

    Returns
    -------
    Response
    """
    check_form_token(request, csrf_token)
    store, importer = store_of(request), importer_of(request)
    runs = plan_folder(store, importer.films, root, path)
    try:
        chosen = chosen_runs(runs, row or [], dict(enumerate(athlete or [])))
        general = {"height_m": read_height_m(height), "speed_mps": read_speed_mps(speed)}
    except GaitError as error:
        names = athlete_names(store)
        return page(
            request, "batch_plan.html.j2", 422, runs=runs, root=root, below=path, problem=str(error), names=names
        )
    given = {key: value for key, value in general.items() if value is not None}
    batch = add_batch(store, [replace(run, options={**given, **run.options}) for run in chosen])
    importer.start()
    return RedirectResponse(f"/batches/{batch}", status_code=303)


@router.get("/batches/{batch}")
def show_batch(request: Request, batch: BatchId) -> HTMLResponse:
    """Show how far the sessions of a batch are.

    Parameters
    ----------
    request : Request
    batch : str

    Returns
    -------
    HTMLResponse
    """
    rows = batch_rows(store_of(request), queue_of(request), batch)
    return page(request, "batch.html.j2", batch=batch, rows=rows)


def chosen_runs(runs: list[PlannedRun], rows: list[int], names: dict[int, str]) -> list[PlannedRun]:
    """Take the sessions that were chosen, under the athletes' names as they were corrected.

    Parameters
    ----------
    runs : list of PlannedRun
    rows : list of int
        Numbers of those that were chosen.
    names : dict
        Number → name of the athlete.

    Returns
    -------
    list of PlannedRun

    Raises
    ------
    InputError
        None was chosen, or a name is none.
    """
    chosen = []
    for number, run in enumerate(runs):
        if number not in rows or run.problem is not None:
            continue
        name = read_line(names.get(number, "")) or run.athlete
        name_key(name)
        chosen.append(replace(run, athlete=name, known=run.known and name == run.athlete))
    if not chosen:
        raise InputError(_("choose at least one session"))
    return chosen
