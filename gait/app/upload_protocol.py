"""Resumable uploads by the tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload), over rows and files.

Extensions: creation, termination, checksum, expiration. The length of the file on the disk is the offset, so that an
upload goes on after the browser, the network or the server has broken off. A row holds what was announced; own code,
because the libraries for it keep their state beside the file, without quota and athletes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from typing import BinaryIO

import anyio.to_thread
from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from gait.app.api_models import ERROR_RESPONSES, ErrorModel, UploadModel
from gait.app.page_rendering import ledger_of, store_of
from gait.app.upload_store import (
    add_upload,
    delete_upload,
    finish_upload,
    get_upload,
    list_uploads,
    received_bytes,
)
from gait.display_language import _
from gait.errors import InputError

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,checksum"
ALGORITHMS = ("sha256", "sha1", "md5")
_CHUNK_TYPE = "application/offset+octet-stream"
#: Largest piece with a checksum, bytes: it is kept back until the checksum fits. [E]
_MAX_CHECKED = 64_000_000
_TUS = {"Tus-Resumable": VERSION}
#: What the protocol answers where a checksum does not fit.
_CHECKSUM_MISMATCH = 460

router = APIRouter(
    prefix="/api/v1/uploads",
    tags=["uploads"],
    responses={
        **ERROR_RESPONSES,
        412: {"model": ErrorModel, "description": "Another version of the protocol tus."},
        415: {"model": ErrorModel, "description": "Another type than application/offset+octet-stream."},
        423: {"model": ErrorModel, "description": "The upload is arriving already."},
        460: {"description": "The checksum does not fit."},
    },
)
_busy: set[str] = set()


@router.options("", status_code=204, summary="Ask what the server supports")
@router.options("/", status_code=204, include_in_schema=False)
def describe_server(request: Request) -> Response:
    """Name version, extensions and limits of the server.

    Parameters
    ----------
    request : Request

    Returns
    -------
    Response
    """
    headers = {
        **_TUS,
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
        "Tus-Max-Size": str(store_of(request).settings.max_upload_bytes),
    }
    return Response(status_code=204, headers=headers)


@router.get("", summary="List uploads")
def list_all_uploads(request: Request) -> list[UploadModel]:
    """List uploads, the latest first.

    Parameters
    ----------
    request : Request

    Returns
    -------
    list of UploadModel
    """
    return [UploadModel.model_validate(upload) for upload in list_uploads(store_of(request))]


@router.post("", status_code=201, response_class=Response, summary="Announce an upload (tus creation)")
@router.post("/", status_code=201, response_class=Response, include_in_schema=False)
def create_upload(request: Request) -> Response:
    """Announce an upload: headers ``Upload-Length`` and ``Upload-Metadata`` (``filename``, ``athlete``).

    Parameters
    ----------
    request : Request

    Returns
    -------
    Response
        With ``Location``.

    Raises
    ------
    InputError
        The header cannot be read, or there is no space.
    """
    _check_version(request)
    length = request.headers.get("upload-length", "")
    if not length.isdecimal() or not length.isascii() or len(length) > 15:
        raise InputError(_("the length of the upload is missing"), code="bad_request")
    metadata = _metadata(request.headers.get("upload-metadata", ""))
    athlete = metadata.get("athlete", "")
    identifier = add_upload(
        store_of(request),
        ledger_of(request),
        file_name=metadata.get("filename", ""),
        size=int(length),
        athlete=int(athlete) if athlete.isdecimal() and athlete.isascii() and len(athlete) < 18 else None,
    )
    location = f"/api/v1/uploads/{identifier}"
    return Response(status_code=201, headers={**_TUS, "Location": location, "Upload-Offset": "0"})


@router.head("/{identifier}", response_class=Response, summary="Ask how much has arrived (tus)")
def ask_offset(request: Request, identifier: str) -> Response:
    """Tell how much of an upload has arrived.

    Parameters
    ----------
    request : Request
    identifier : str

    Returns
    -------
    Response
        With ``Upload-Offset`` and ``Upload-Length``.
    """
    upload = get_upload(store_of(request), identifier)
    offset = {"Upload-Offset": str(upload["received"]), "Upload-Length": str(upload["size"])}
    return Response(status_code=200, headers={**_TUS, **offset})


@router.get("/{identifier}", summary="Describe an upload")
def describe_upload(request: Request, identifier: str) -> UploadModel:
    """Describe an upload.

    Parameters
    ----------
    request : Request
    identifier : str

    Returns
    -------
    UploadModel
    """
    return UploadModel.model_validate(get_upload(store_of(request), identifier))


@router.patch("/{identifier}", status_code=204, response_class=Response, summary="Send a piece (tus)")
async def append_piece(request: Request, identifier: str) -> Response:
    """Append a piece at ``Upload-Offset``; what has arrived stays, also where the connection breaks off.

    Parameters
    ----------
    request : Request
    identifier : str

    Returns
    -------
    Response
        With the new ``Upload-Offset``.
    """
    _check_version(request)
    if request.headers.get("content-type") != _CHUNK_TYPE:
        raise InputError(_("a piece of an upload has the type {kind}").format(kind=_CHUNK_TYPE), code="media_type")
    store = store_of(request)
    upload = await anyio.to_thread.run_sync(get_upload, store, identifier)
    given = request.headers.get("upload-offset", "")
    if not given.isdecimal() or not given.isascii() or len(given) > 15:
        raise InputError(_("the offset of the piece is missing"), code="bad_request")
    algorithm, digest = _checksum(request.headers.get("upload-checksum"))
    if identifier in _busy:
        raise InputError(_("this upload is arriving already"), code="locked")
    _busy.add(identifier)
    try:
        received = upload["size"] if upload["state"] != "receiving" else received_bytes(store, identifier)
        if int(given) != received:
            raise InputError(_("the server has {count} bytes of this upload").format(count=received), code="conflict")
        room = upload["size"] - received
        if room:
            mismatch = await _write_piece(request, identifier, received, room, algorithm, digest)
            if mismatch:
                return Response(status_code=_CHECKSUM_MISMATCH, headers=_TUS)
            received = received_bytes(store, identifier)
            if received >= upload["size"]:
                await anyio.to_thread.run_sync(finish_upload, store, identifier)
                ledger_of(request).forget()
    finally:
        _busy.discard(identifier)
    return Response(status_code=204, headers={**_TUS, "Upload-Offset": str(received)})


@router.delete("/{identifier}", status_code=204, response_class=Response, summary="Delete an upload (tus termination)")
def terminate_upload(request: Request, identifier: str) -> Response:
    """Delete an upload with its file.

    Parameters
    ----------
    request : Request
    identifier : str

    Returns
    -------
    Response

    Raises
    ------
    InputError
        A piece of it arrives at this moment.
    """
    if identifier in _busy:
        raise InputError(_("this upload is arriving at the moment"), code="locked")
    delete_upload(store_of(request), identifier)
    ledger_of(request).forget()
    return Response(status_code=204, headers=_TUS)


async def _write_piece(
    request: Request, identifier: str, offset: int, room: int, algorithm: str | None, digest: bytes
) -> bool:
    """Write a piece to the end of the file; return whether its checksum does not fit (then nothing of it stays)."""
    path = store_of(request).folder.part(identifier)
    hasher = None if algorithm is None else hashlib.new(algorithm, usedforsecurity=False)
    written = 0
    file: BinaryIO = await anyio.to_thread.run_sync(path.open, "ab")
    try:
        async for piece in request.stream():
            if not piece:
                continue
            written += len(piece)
            if written > room or (hasher is not None and written > _MAX_CHECKED):
                raise InputError(_("the piece is longer than the upload"), code="too_large")
            if hasher is not None:
                hasher.update(piece)
            await anyio.to_thread.run_sync(file.write, piece)
        mismatch = hasher is not None and hasher.digest() != digest
        if mismatch:
            await anyio.to_thread.run_sync(file.truncate, offset)
        await anyio.to_thread.run_sync(_flush, file)
    except ClientDisconnect:
        if hasher is not None:
            file.truncate(offset)
        return False
    except BaseException:
        if hasher is not None or written > room:
            file.truncate(offset)
        raise
    finally:
        file.close()
    return mismatch


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _check_version(request: Request) -> None:
    if request.headers.get("tus-resumable") != VERSION:
        raise InputError(_("uploads go by the protocol tus {version}").format(version=VERSION), code="tus_version")


def _metadata(header: str) -> dict[str, str]:
    found = {}
    for pair in header[:4000].split(","):
        key, _space, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            raise InputError(_("the description of the upload cannot be read"), code="bad_request") from None
    return found


def _checksum(header: str | None) -> tuple[str | None, bytes]:
    if header is None:
        return None, b""
    algorithm, _space, value = header.partition(" ")
    if algorithm not in ALGORITHMS:
        raise InputError(_("this kind of checksum is not supported"), code="bad_request")
    try:
        return algorithm, base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise InputError(_("the checksum cannot be read"), code="bad_request") from None
