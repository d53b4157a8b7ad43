"""The names of a model and of the run that a trace is compared with.

``assets/core/text/model_name.js`` and ``assets/core/text/other_run.js`` return the same names.
"""

import re

from ...trace.comparison import Comparison
from .label import cut
from .texts_read import texts_of

# A commit; its first 12 characters distinguish it from all others.
_COMMIT = re.compile("[0-9a-f]{40}")

# Letters of a short name.
_MAX_SHORT = 40


def model_name(model_id: str, revision: str) -> str:
    """Return the name of a model, with the commit if it has one."""
    return f"{model_id}, commit {revision[:12]}" if _COMMIT.fullmatch(revision) else model_id


def other_run_with_commit(compared: Comparison) -> str:
    """Return a name for the other run of a comparison, with the commit of another model."""
    return _name_of(compared, "" if compared.model is None else model_name(*compared.model))


def other_run_in_short(compared: Comparison) -> str:
    """Return the beginning of the name of the other run, for titles.

    It has at most ``_MAX_SHORT`` letters, and the quotation mark at the end.
    """
    name = cut(_name_of(compared, "" if compared.model is None else compared.model[0]), _MAX_SHORT)
    return f"{name}”" if name.rfind("“") > name.rfind("”") else name


def _name_of(compared: Comparison, model: str) -> str:
    parts = [model] if model else []
    if "text" in compared.differs:
        parts.append(" and ".join(f"“{text}”" for _, text in texts_of(compared.trace)))
    return " on ".join(parts) or "the run without interventions"
