"""BertViz Space: see every attention head of a Transformer on your own text.

From a text to three pictures, in the order of the steps:

1. ``page`` (a reader) or ``api`` (a program) makes a ``jobs.request.Request``: model and texts.
   ``space`` connects both, and ``server`` adds what they share with each other: the session and the
   user of an HTTP request, middleware, and the start of the program.
2. ``jobs`` puts the request in one bounded queue and answers it: it loads the model, looks in the
   result cache, extracts, and writes the files of the result.
3. ``models`` turns a model's id into a loaded model; ``models.hub`` downloads its files.
4. ``texts`` turns texts into token ids, and token ids back into letters of the text.
5. ``extraction`` runs one forward pass, or a second one with interventions; ``capture`` records
   queries and keys of every layer. ``prepared_run`` reads the texts and lets the model write.
   ``comparison`` extracts two runs, of two texts or two models, and compares them.
   ``sweep`` runs a model once for each head, with this head off; ``probe`` runs a causal model on
   repeated random tokens instead of a text, and ``masking`` a masked model on a text in which one
   token is masked.
6. ``trace`` holds what was captured, the formula of the weights, the overview of a layer, and
   the scores of its heads.
7. ``files`` writes a trace as files for the page (``files.wire``) and for programs, and reads a
   reader's own file of tensors.
8. ``assets/`` at the top level draws them in the browser; ``module_bundle`` bundles its modules.

``notebook`` and ``neuron_view`` show the views in the cells of a notebook, without ``jobs``; and
``__main__`` starts the Space of an installed package.

Each folder imports only folders that are listed after it. ``cancellation``, ``machine``,
``limits``, ``errors``, ``model_errors``, ``asset_folder`` and ``module_bundle`` are used by all of
them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import neuron_view
    from .comparison import OtherModel, compare, compare_runs
    from .errors import SpaceError
    from .extraction import extract
    from .masking import masked_prediction
    from .notebook.views import head_view, model_view
    from .probe import probe_scores
    from .sweep import sweep_heads
    from .trace import Component, LayerAttention, Token, Trace
    from .trace.head_scores import head_scores
    from .trace.interventions import EdgeCut, HeadOff, TokenMasked

__all__ = [
    "Component",
    "EdgeCut",
    "HeadOff",
    "LayerAttention",
    "OtherModel",
    "SpaceError",
    "Token",
    "TokenMasked",
    "Trace",
    "compare",
    "compare_runs",
    "extract",
    "head_scores",
    "head_view",
    "masked_prediction",
    "model_view",
    "neuron_view",
    "probe_scores",
    "sweep_heads",
]

# The module of each exported name. It is imported when the name is first used (PEP 562), so that
# ``import bertviz_space.trace`` loads neither transformers nor gradio.
_MODULES = {
    "Component": "trace",
    "EdgeCut": "trace.interventions",
    "HeadOff": "trace.interventions",
    "LayerAttention": "trace",
    "OtherModel": "comparison",
    "SpaceError": "errors",
    "Token": "trace",
    "TokenMasked": "trace.interventions",
    "Trace": "trace",
    "compare": "comparison",
    "compare_runs": "comparison",
    "extract": "extraction",
    "head_scores": "trace.head_scores",
    "head_view": "notebook.views",
    "masked_prediction": "masking",
    "model_view": "notebook.views",
    "probe_scores": "probe",
    "sweep_heads": "sweep",
}


def __getattr__(name: str) -> Any:
    """Return an exported name from the module that defines it."""
    if name == "neuron_view":  # a module, as in BertViz
        return import_module(f".{name}", __name__)
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)
