"""Read a model's tokenizer, and check that it can read a text."""

import re

from transformers import AutoTokenizer, PreTrainedTokenizerBase

from ..texts.tokenization import takes_pairs
from ..texts.tokenizer_file import follow_tokenizer_file
from .hub.checkpoints import Checkpoint
from .load_errors import cannot_load, reporting_errors


def read_tokenizer(checkpoint: Checkpoint) -> PreTrainedTokenizerBase:
    """Read a model's tokenizer.

    Raises:
        ModelUnavailable: the files cannot be read or lack the vocabulary, or the tokenizer needs a
            package that is not installed or an input besides text.
    """
    with reporting_errors(checkpoint, "its tokenizer cannot be read"):
        tokenizer = _text_tokenizer(checkpoint)
        if len(tokenizer) < len(tokenizer.all_special_ids) + 2:
            raise ValueError("the files lack the tokenizer's vocabulary")
        return follow_tokenizer_file(tokenizer, checkpoint.folder)


def missing_package(error: ImportError) -> str:
    """Return a clause that names the Python package that a tokenizer needs."""
    pattern = r"(?:pip install|need to install|requires the) ([\w.-]*\w)"
    found = re.search(pattern, str(error))
    name = error.name or (found.group(1) if found else None)
    package = "a Python package" if name is None else f"the Python package {name}"
    return f"its tokenizer needs {package}, which this Space does not have"


def _text_tokenizer(checkpoint: Checkpoint) -> PreTrainedTokenizerBase:
    """Build a tokenizer that reads text without another input.

    Raises:
        ModelUnavailable: the tokenizer needs a package that is not installed, or another input:
            TAPAS reads a table, LayoutLMv3 the positions of words on a page.
    """
    try:
        # pyrefly: ignore[bad-assignment], it is never None
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            str(checkpoint.folder), local_files_only=True, trust_remote_code=False
        )
        reads_text = _reads_text(tokenizer)  # some tokenizers import their package only here
    except ImportError as error:
        raise cannot_load(checkpoint, missing_package(error)) from error
    if not reads_text:
        raise cannot_load(checkpoint, "its tokenizer needs another input besides the text")
    return tokenizer


def _reads_text(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Return whether a tokenizer reads one letter without another input.

    Raises:
        ImportError: the tokenizer needs a package that is not installed.
    """
    try:
        takes_pairs(tokenizer)
        tokenizer("a")
    except ImportError:
        raise
    except Exception:  # tokenizers raise about a dozen types of error for a missing input
        return False
    return True
