"""Turn errors in a model's files into messages for the reader."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import ModelUnavailable, SpaceError
from ..model_errors import error_summary, explain_full_memory
from .hub.checkpoints import Checkpoint
from .hub.repository_files import UnusableFiles


def cannot_load(checkpoint: Checkpoint, problem: str) -> ModelUnavailable:
    """Return the error for a model whose files cannot be loaded.

    Args:
        checkpoint: the model.
        problem: the reason, as a clause without a period.
    """
    return ModelUnavailable(
        f"{checkpoint.model_id} cannot be loaded as a text Transformer: {problem}. Choose another "
        "model."
    )


@contextmanager
def reporting_errors(checkpoint: Checkpoint, problem: str) -> Iterator[None]:
    """Turn every error raised in the block into an error with a message for the reader.

    transformers raises about a dozen types of error for files that it cannot read.

    Args:
        checkpoint: the model.
        problem: what failed, as a clause, for errors that need no message of their own.

    Raises:
        ModelUnavailable: the files cannot be read, or need a library that is not installed; the
            message names the library.
        MemoryExhausted: the machine's memory is full.
    """
    try:
        with explain_full_memory(checkpoint.model_id):
            yield
    except SpaceError:
        raise
    except UnusableFiles as error:
        raise ModelUnavailable(
            f"{checkpoint.model_id} cannot be loaded as a text Transformer: it {error}"
        ) from error
    except ImportError as error:
        raise ModelUnavailable(
            f"{checkpoint.model_id} needs a library that this Space does not have "
            f"({str(error.name or error).strip().splitlines()[0]}). Choose another model."
        ) from error
    except Exception as error:
        raise cannot_load(checkpoint, f"{problem} ({error_summary(error)})") from error
