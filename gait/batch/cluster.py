"""The same sessions on other machines: a Dask scheduler that runs already, or one that a configuration starts."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait.batch.job import SessionJob, run_job
from gait.batch.worker_pool import JobEvent, JobFinished, JobStarted, crash
from gait.errors import InputError

if TYPE_CHECKING:
    from distributed import Client

#: Times that a session is tried again after an error that may pass, such as a lost connection. Sessions whose workers
#: died are given to others by Dask itself (`distributed.scheduler.allowed-failures`, 3).
RETRIES = 2
_CONNECT_S = 30
_EXAMPLE = "cluster: dask_jobqueue.SLURMCluster"


@contextmanager
def connected(where: str) -> Iterator[Client]:
    """Connect to a scheduler by its address, or start a cluster as a YAML file says.

    Parameters
    ----------
    where : str
        ``tcp://host:8786`` or ``host:8786``; or a file ending in ``.yaml`` or ``.yml`` with ``cluster`` (a class, e.g.
        ``dask_jobqueue.SLURMCluster``, ``dask_kubernetes.operator.KubeCluster``), ``options`` (what it is made with)
        and ``workers`` (a number, or ``{minimum: 0, maximum: 100}``).

    Raises
    ------
    InputError
        Without Dask, or where nothing answers or the file cannot be used.
    """
    try:
        from distributed import Client
    except ImportError:
        raise InputError("--cluster needs Dask; pip install 'gait[cluster]'") from None
    if Path(where).suffix.lower() in (".yaml", ".yml"):
        with _started(Path(where)) as cluster, Client(cluster, timeout=_CONNECT_S) as client:
            yield client
        return
    address = where if "://" in where else f"tcp://{where}"
    try:
        client = Client(address, timeout=_CONNECT_S)
    except (OSError, ValueError, TimeoutError) as error:
        told = " ".join(str(error).split())[:200]
        raise InputError(f"--cluster {where}: no scheduler answers there ({told}); is it running?") from None
    with client:
        yield client


@contextmanager
def _started(file: Path) -> Iterator[Any]:
    import yaml

    try:
        given = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{file}: no such file; give a scheduler's address or a YAML file") from None
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InputError(f"{file}: cannot be used: {' '.join(str(error).split())}") from None
    name = given.get("cluster") if isinstance(given, dict) else None
    if not isinstance(name, str) or "." not in name:
        raise InputError(f"{file}: has no cluster class; write a line such as '{_EXAMPLE}'")
    module, _, kind = name.rpartition(".")
    try:
        maker = getattr(import_module(module), kind)
    except (ImportError, AttributeError) as error:
        raise InputError(f"{file}: {name} cannot be imported ({error}); install its package") from None
    workers = given.get("workers", 1)
    try:
        cluster = maker(**(given.get("options") or {}))
    except Exception as error:  # these classes raise whatever they like
        told = " ".join(str(error).split())[:300]
        raise InputError(f"{file}: {name} cannot be made with these options: {told}") from None
    with cluster:
        if isinstance(workers, dict):
            cluster.adapt(**workers)
        else:
            cluster.scale(int(workers))
        yield cluster


def run_on(client: Client, orders: Sequence[SessionJob]) -> Generator[JobEvent]:
    """Do sessions on a cluster and give what happens; the largest come first, as they are ordered.

    A session is named by its folder, so that it is never two tasks at once. One whose worker is lost is done by another
    one; the stamp, written last, decides what counts.
    """
    from distributed import as_completed

    futures = {
        client.submit(
            run_job,
            order,
            key=f"gait-session-{order.slug}-{number}",
            retries=RETRIES,
            priority=-number,
            pure=False,
        ): order.slug
        for number, order in enumerate(orders)
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
                yield JobFinished(slug, None, "the cluster has dropped it")
            elif type(error).__name__ == "KilledWorker":
                yield JobFinished(slug, None, "every worker that tried it died; perhaps their memory is too small")
            else:
                yield crash(slug, error)
            future.release()
    finally:
        client.cancel([future for future in futures if not future.done()])
