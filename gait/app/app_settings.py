"""How ``gait serve`` runs: where its data lie, who may reach it, and what it may use."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gait.batch.worker_limits import WorkerLimits
from gait.display_language import _
from gait.errors import InputError
from gait.history.database import default_path

if TYPE_CHECKING:
    from gait.app.job_process import TaskFunction

#: Port where none is given: free of well-known services. [E]
DEFAULT_PORT = 8765
#: Space for uploads and reports where none is given, bytes: 200 clips of 30 s at 1080 lines, reports included. [E]
DEFAULT_QUOTA = 20_000_000_000
#: Largest single upload, bytes: an hour at 1080 lines. [E]
MAX_UPLOAD = 8_000_000_000
#: Seconds for which a browser stays signed in without a visit, and in all. [E]
IDLE_S, SESSION_S = 12 * 3600.0, 7 * 24 * 3600.0
#: Seconds for which an address with a token lets somebody in. [E]
INVITATION_S = 15 * 60.0
#: Environment variable with more names under which the server may be reached, separated by commas.
HOSTS_VARIABLE = "GAIT_SERVE_HOSTS"


@dataclass(frozen=True)
class AppSettings:
    """Settings of one server.

    Attributes
    ----------
    data_folder : Path
        Holds the history, uploads and reports.
    host : str
        Address to listen on.
    port : int
        0: any free port.
    lan : bool
        Whether other devices in the network may come in, with an invitation.
    read_only : bool
        Whether nothing can be changed, for a screen in a club.
    quota_bytes : int
        Space for uploads and reports.
    max_upload_bytes : int
        Largest single upload.
    limits : WorkerLimits
        Time and memory of one job.
    requests_per_s, burst : float
        What one address may ask: in the long run, and at once. [E]
    body_timeout_s : float
        Seconds for which a request may send nothing, and for which its header may take. [E]
    invitation_s, idle_s, session_s : float
        Seconds for which an invitation and a login hold.
    extra_hosts : tuple of str
        Further names of the server, as ``gait.club.example``.
    films : tuple of Path
        Folders of this machine whose films may be measured from the page *Many films*; none of them is changed.
    certificate, key : Path or None
        Of the server, PEM: the pages come encrypted, and phones give them their camera.
    own_certificate : bool
        Whether the server makes a certificate for itself, where none is given.
    task_function : callable, optional
        Replaces the work of a job, for tests.
    """

    data_folder: Path = field(default_factory=lambda: default_path().parent)
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    lan: bool = False
    read_only: bool = False
    quota_bytes: int = DEFAULT_QUOTA
    max_upload_bytes: int = MAX_UPLOAD
    limits: WorkerLimits = field(default_factory=WorkerLimits)
    requests_per_s: float = 50.0
    burst: float = 400.0
    body_timeout_s: float = 20.0
    invitation_s: float = INVITATION_S
    idle_s: float = IDLE_S
    session_s: float = SESSION_S
    extra_hosts: tuple[str, ...] = field(default_factory=lambda: _hosts_of_environment())
    films: tuple[Path, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    own_certificate: bool = False
    task_function: TaskFunction | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise InputError(_("{port} is no port; give a number from 1 to 65535").format(port=self.port))
        if (self.certificate is None) != (self.key is None):
            raise InputError(_("a certificate needs its key, and a key its certificate; give both"))
        if self.own_certificate and self.certificate is not None:
            raise InputError(_("give a certificate, or let one be made, not both"))
        if not self.quota_bytes > 0:
            raise InputError(
                _("{quota} GB is no space for uploads; give more than 0").format(quota=f"{self.quota_bytes / 1e9:g}")
            )


def _hosts_of_environment() -> tuple[str, ...]:
    return tuple(name.strip().lower() for name in os.environ.get(HOSTS_VARIABLE, "").split(",") if name.strip())


#: What tells the time, in seconds; replaced in tests.
Clock = Callable[[], float]
