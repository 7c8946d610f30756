"""Run sessions on other machines: a Dask scheduler that runs already, or one that a configuration file starts."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait.batch.job import SessionJob, run_job
from gait.batch.worker_pool import JobEvent, JobFinished, JobStarted, failed_job
from gait.display_language import _, gettext
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
#: Classes that a file may name. Any other one could be any code of this machine, called with arguments from a file.
CLUSTER_CLASSES = frozenset(
    {
        "distributed.LocalCluster",
        "distributed.SSHCluster",
        "dask.distributed.LocalCluster",
        "dask.distributed.SSHCluster",
        *(
            f"dask_jobqueue.{name}Cluster"
            for name in ("SLURM", "PBS", "SGE", "LSF", "OAR", "Moab", "HTCondor", "Local")
        ),
        "dask_kubernetes.KubeCluster",
        "dask_kubernetes.operator.KubeCluster",
        "dask_gateway.GatewayCluster",
        "dask_yarn.YarnCluster",
        "dask_cloudprovider.aws.FargateCluster",
        "dask_cloudprovider.aws.ECSCluster",
        "dask_cloudprovider.aws.EC2Cluster",
        "dask_cloudprovider.azure.AzureVMCluster",
        "dask_cloudprovider.gcp.GCPCluster",
        "coiled.Cluster",
    }
)
#: Longest file that describes a cluster, bytes: aliases in YAML can unpack a short text to any length. [E]
_MAX_FILE_BYTES = 100_000
#: Parts of names of options by which a cluster loads code.
_CODE_OPTIONS = ("class", "cls", "preload", "plugin", "module")
#: What a file may state.
_FILE_KEYS = ("cluster", "options", "workers")


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
        raise InputError(_("a cluster needs Dask; pip install 'gait[cluster]'"), code="dask_missing") from None
    if Path(cluster).suffix.lower() in (".yaml", ".yml"):
        with _start_cluster(Path(cluster)) as started, Client(started, timeout=_CONNECT_S) as client:
            yield client
        return
    address = cluster if "://" in cluster else f"tcp://{cluster}"
    try:
        client = Client(address, timeout=_CONNECT_S)
    except (OSError, ValueError, TimeoutError) as error:
        message = _("{cluster}: no scheduler answers there ({short}); check that it is running").format(
            cluster=cluster, short=_short(error)
        )
        raise InputError(message, code="scheduler_unreachable") from None
    with client:
        yield client


@contextmanager
def _start_cluster(file: Path) -> Iterator[Any]:
    config = _read_config(file)
    name = config["cluster"]
    module, _, class_name = name.rpartition(".")
    try:
        cluster_class = getattr(import_module(module), class_name)
    except (ImportError, AttributeError) as error:
        raise InputError(
            gettext("{file}: {name} cannot be imported ({error}); install its package").format(
                file=file, name=name, error=error
            )
        ) from None
    workers = config.get("workers", 1)
    try:
        cluster = cluster_class(**(config.get("options") or {}))
    except Exception as error:  # these classes raise errors of any kind
        raise InputError(
            gettext("{file}: {name} cannot be made with these options: {short}").format(
                file=file, name=name, short=_short(error)
            )
        ) from None
    with cluster:
        if isinstance(workers, dict):
            cluster.adapt(**workers)
        else:
            cluster.scale(int(workers))
        yield cluster


def _read_config(file: Path) -> dict[str, Any]:
    """Read and check the file that describes a cluster, before anything of it is used."""
    import yaml

    try:
        if file.stat().st_size > _MAX_FILE_BYTES:
            raise InputError(
                _("{file}: is too long for the description of a cluster ({max_file_bytes} bytes at most)").format(
                    file=file, max_file_bytes=_MAX_FILE_BYTES
                )
            )
        text = file.read_text(encoding="utf-8")
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise InputError(_("{file}: has an alias (*name); write the value out").format(file=file))
        config = yaml.safe_load(text)
    except FileNotFoundError:
        raise InputError(
            _("{file}: no such file; give a scheduler's address or a YAML file").format(file=file)
        ) from None
    except InputError:
        raise
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise InputError(_("{file}: cannot be used: {short}").format(file=file, short=_short(error))) from None
    name = config.get("cluster") if isinstance(config, dict) else None
    if not isinstance(name, str) or "." not in name:
        raise InputError(
            _("{file}: has no cluster class; write a line such as '{example}'").format(file=file, example=_EXAMPLE)
        )
    if name not in CLUSTER_CLASSES:
        raise InputError(
            _(
                "{file}: {name} is not a cluster that gait starts; start it yourself and give its address, "
                "or use one of {names}"
            ).format(file=file, name=name, names=", ".join(sorted(CLUSTER_CLASSES)))
        )
    unknown = [str(key) for key in config if key not in _FILE_KEYS]
    if unknown:
        raise InputError(
            _("{file}: {unknown} is unknown; a cluster's file has {file_keys}").format(
                file=file, unknown=unknown[0], file_keys=", ".join(_FILE_KEYS)
            )
        )
    options = config.get("options")
    if options is not None and not (isinstance(options, dict) and all(isinstance(key, str) for key in options)):
        raise InputError(_("{file}: options must be a list of 'name: value' lines, indented").format(file=file))
    for key in options or {}:
        if any(part in key.lower() for part in _CODE_OPTIONS):
            raise InputError(
                _("{file}: the option {key} names code to load, which a file may not; leave it out").format(
                    file=file, key=key
                )
            )
    workers = config.get("workers", 1)
    bounds = workers.values() if isinstance(workers, dict) else (workers,)
    if (isinstance(workers, dict) and not set(workers) <= {"minimum", "maximum"}) or not all(
        isinstance(value, int) and not isinstance(value, bool) and value >= 0 for value in bounds
    ):
        raise InputError(_("{file}: workers must be a number, or {{minimum: 0, maximum: 100}}").format(file=file))
    return dict(config)


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
                reason = gettext("every worker that tried it died; perhaps their memory is too small")
                yield JobFinished(slug, None, reason)
            else:
                yield failed_job(slug, error)
            future.release()
    finally:
        client.cancel([future for future in futures if not future.done()])


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:_MAX_ERROR_LENGTH]
