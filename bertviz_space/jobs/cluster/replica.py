"""A replica of the Ray Serve deployment: it loads models, and runs them one after the other."""

import os
from collections.abc import Callable

import torch
from ray import serve
from ray.serve._private import replica as serve_replica
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from ..worker_models import WorkerModels
from .call import Call
from .work import stream_of

# Set to 0, it makes Ray 2.60 listen on 127.0.0.1 only, as it does on macOS and Windows.
ON_ALL_INTERFACES = "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"

# The names of models that Ray Serve keeps for a replica. They only tell it where to send a run:
# ``WorkerModels`` bounds the models themselves by their bytes.
_MAX_NAMES = 64


class Replica:
    """Runs models, one run at a time."""

    def __init__(self) -> None:
        # Ray sets this variable to the number of processors of a replica.
        torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
        self._models = WorkerModels()

    @serve.multiplexed(max_num_models_per_replica=_MAX_NAMES)
    async def _remember(self, name: str) -> str:
        """Let Ray Serve send further runs of a model to this replica."""
        return name

    async def __call__(self, request: Request) -> Response:
        """Run the call in the body of a request, and stream messages about it."""
        try:
            call = Call.from_json(await request.body())
        except ValueError as error:
            return PlainTextResponse(str(error), status_code=400)
        await self._remember(call.checkpoint.name)
        return StreamingResponse(
            stream_of(call, self._models), media_type="application/octet-stream"
        )


def application(min_replicas: int, max_replicas: int) -> serve.Application:
    """Return the application that Ray Serve runs.

    Args:
        min_replicas: the number of replicas that always run.
        max_replicas: the number up to which Ray starts replicas while runs wait.
    """
    deployment = serve.deployment(
        # A run keeps the processors of a replica busy.
        max_ongoing_requests=1,
        autoscaling_config={
            "min_replicas": min_replicas,
            "initial_replicas": min_replicas,
            "max_replicas": max_replicas,
            "target_ongoing_requests": 1,
        },
        ray_actor_options={"num_cpus": 1},
        logging_config={"log_level": "WARNING", "enable_access_log": False},
    )
    return deployment(Replica).bind()


def app(arguments: dict[str, str]) -> serve.Application:
    """Return the application for a configuration file of Ray Serve.

    Args:
        arguments: none are needed: the file sets the options of the deployment ``Replica``.
    """
    return application(1, 1)


def _listen_on_this_machine_only() -> None:
    """Let the port that each replica opens for other deployments accept connections from here only.

    Ray Serve 2.60 opens it on all interfaces, whatever the address of the machine is.
    """
    add_port: Callable[..., int] = serve_replica.add_port_to_grpc_server

    def add_local_port(server: object, address: str) -> int:
        return add_port(server, address.replace("[::]", "127.0.0.1"))

    serve_replica.add_port_to_grpc_server = add_local_port


if os.environ.get(ON_ALL_INTERFACES) == "0":
    _listen_on_this_machine_only()
