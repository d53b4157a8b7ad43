"""BertViz Space: see every attention head of a Transformer on your own text.

The walk, from a text to three pictures, and the module of each step:

1. ``ui`` (a reader; ``runner`` does what its Run button says) or ``api`` (a program) hands model
   id and texts to one handler, ``handler``. ``turns`` is the queue that all runs stand in. ``runs``
   knows which run is still wanted: one that is not, since a newer one was started or the page is
   gone, leaves the queue, or stops between two layers. ``links`` says a request in the page's
   address, and reads it there.
2. ``catalogue`` says what is on offer; ``hub`` turns an id into a checked folder of files:
   ``admission`` holds what the Hub lists of it against what ``machine`` has room for.
   ``model_files`` is the one list of files that are counted, fetched and loaded. What is fetched
   lies in ``downloads``, bounded in bytes; ``leases`` know what is in use, and ``aliases`` the
   other names of a model. ``access`` says in whose name the Hub is asked; where readers can, they
   sign in with ``sign_in``.
3. ``model_types`` decides which types of models are tried. ``loading`` reads from the small files
   what the model takes (``inputs``), and loads it on the device that ``machine`` names.
   ``raw_settings`` checks the configuration before transformers reads it, ``construction`` bounds
   the empty model, and ``fitting`` compares it with the weights in its files (``weight_files``).
   ``loads`` runs one load at a time; ``models`` keeps what is loaded, in a cache bounded in bytes.
   Tokens alone are read by its outline, which has no weights.
4. ``texts`` makes of the reader's texts what the model takes: ids, and tokens that show their own
   text again.
5. ``extraction`` asks ``capture`` for one forward pass, in which query and key of every layer are
   seen. ``unavailable`` knows the models that have no attention to see, and ``failures`` makes
   of what a model's code raises an error for the reader.
   The result is a ``Trace`` (``attention``): frozen, self-checking, with no model in it.
   On ZeroGPU it is made in another process (``zero_gpu``). ``own_tensors`` reads one from a
   reader's own file (``safetensors_files``, ``npz_files``); ``uploads`` bounds what is uploaded.
6. ``wire`` makes files of it in a folder of ``store``, and a small manifest that names them: the
   first at once, the others as ``results`` has them made, when a view asks or in idle time.
   For programs ``answers`` makes one file, of the layers and heads that they ask for.
7. ``views`` hands the manifest's address to the page, where ``assets/`` draws. ``standalone`` is
   that page without a server: one file, with a result in it. For programs ``pictures`` draws what
   is ``shown`` as SVG, with no browser.

Beside the walk: ``starting`` checks settings and port before all else, and ends the program;
``own_folders`` are the folders that leave with it. ``writing`` writes each file for a visitor whole
or not at all. ``caching`` says which files a browser may keep. ``malformed`` refuses requests that
Gradio cannot read, and ``calls`` knows which calls those are. ``forgetting`` bounds what Gradio
remembers of requests.
"""

from .attention import Component, LayerAttention, Token, Trace
from .errors import SpaceError
from .extraction import extract

__all__ = ["Component", "LayerAttention", "SpaceError", "Token", "Trace", "extract"]
