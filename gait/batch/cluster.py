"""Run sessions on other machines: a Dask scheduler that runs already, or one that a configuration file starts."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait.batch.job import SessionJob, run_job
from gait.batch.worker_pool import JobEvent, JobFinished, JobStarted, failed_job
from gait.errors import InputError

if TYPE_CHECKING:
    from distributed import Client

#: Further tries of a session after an error that may pass, such as a lost connection. Sessions whose workers died go to
#: other workers by Dask itself (`distributed.scheduler.allowed-failures`, 3). [E]
RETRIES = 2
#: Seconds to wait for a scheduler. [E]
_CONNECT_S = 30
#: Longest text of an error in a message, characters. [E]
_MAX_ERROR_LENGTH = 300
_EXAMPLE = "cluster: dask_jobqueue.SLURMCluster"


@contextmanager
def connect_cluster(cluster: str) -> Iterator[Client]:
    """Connect to a scheduler by its address, or start a cluster from a YAML file.

    Parameters
    ----------
    cluster : str
        ``tcp://host:8786`` or ``host:8786``; or a file ending in ``.yaml`` or ``.yml`` with ``cluster`` (a class, e.g.
        ``dask_jobqueue.SLURMCluster``, ``dask_kubernetes.operator.KubeCluster``), ``options`` (its arguments) and
        ``workers`` (a number, or ``{minimum: 0, maximum: 100}``).

    Yields
    ------
    distributed.Client

    Raises
    ------
    InputError
        Dask is not installed, no scheduler answers, or the file cannot be used.
    """
    try:
        from distributed import Client
    except ImportError:
        raise InputError("a cluster needs Dask; pip install 'gait[cluster]'", code="dask_missing") from None
    if Path(cluster).suffix.lower() in (".yaml", ".yml"):
        with _start_cluster(Path(cluster)) as started, Client(started, timeout=_CONNECT_S) as client:
            yield client
        return
    address = cluster if "://" in cluster else f"tcp://{cluster}"
    try:
        client = Client(address, timeout=_CONNECT_S)
    except (OSError, ValueError, TimeoutError) as error:
        message = f"{cluster}: no scheduler answers there ({_short(error)}); check that it is running"
        raise InputError(message, code="scheduler_unreachable") from None
    with client:
        yield client


@contextmanager
def _start_cluster(file: Path) -> Iterator[Any]:
    import yaml

    try:
        config = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{file}: no such file; give a scheduler's address or a YAML file") from None
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InputError(f"{file}: cannot be used: {' '.join(str(error).split())}") from None
    name = config.get("cluster") if isinstance(config, dict) else None
    if not isinstance(name, str) or "." not in name:
        raise InputError(f"{file}: has no cluster class; write a line such as '{_EXAMPLE}'")
    module, _, class_name = name.rpartition(".")
    try:
        cluster_class = getattr(import_module(module), class_name)
    except (ImportError, AttributeError) as error:
        raise InputError(f"{file}: {name} cannot be imported ({error}); install its package") from None
    workers = config.get("workers", 1)
    try:
        cluster = cluster_class(**(config.get("options") or {}))
    except Exception as error:  # these classes raise errors of any kind
        raise InputError(f"{file}: {name} cannot be made with these options: {_short(error)}") from None
    with cluster:
        if isinstance(workers, dict):
            cluster.adapt(**workers)
        else:
            cluster.scale(int(workers))
        yield cluster


def run_on_cluster(client: Client, jobs: Sequence[SessionJob]) -> Generator[JobEvent]:
    """Run jobs on a cluster, in the order in which they are given.

    A session is named by its folder, so that it never becomes two tasks. When its worker is lost, another one runs it;
    the stamp, which is written last, decides what counts.

    Parameters
    ----------
    client : distributed.Client
    jobs : sequence of SessionJob

    Yields
    ------
    JobStarted or JobFinished
    """
    from distributed import as_completed

    futures = {
        client.submit(
            run_job,
            job,
            key=f"gait-session-{job.slug}-{number}",
            retries=RETRIES,
            priority=-number,
            pure=False,
        ): job.slug
        for number, job in enumerate(jobs)
    }
    for slug in futures.values():
        yield JobStarted(slug)
    try:
        for future in as_completed(list(futures)):
            slug = futures[future]
            error = future.exception() if future.status != "cancelled" else None
            if future.status == "finished":
                yield JobFinished(slug, future.result())
            elif error is None:
                yield JobFinished(slug, None, "the cluster has dropped the session; run the batch again")
            elif type(error).__name__ == "KilledWorker":
                reason = "every worker that tried it died; perhaps their memory is too small"
                yield JobFinished(slug, None, reason)
            else:
                yield failed_job(slug, error)
            future.release()
    finally:
        client.cancel([future for future in futures if not future.done()])


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:_MAX_ERROR_LENGTH]
