"""What the endpoints say of themselves: to a reader of Gradio's list, and to a language model.

Gradio 6.31 gives both the text before Args, and a tool one line of each argument
(``tests/api/test_mcp.py``).
"""

_TEXTS = """
    Args:
        model: a model's id on the Hub, such as openai-community/gpt2, or one that models lists.
        text: the text; for an encoder-decoder model the source text.
        text_b: the second text of a pair, for models that take pairs (BERT); empty for none.
        target_text: the decoder's text, for models that have one; empty, and the model writes it.
        source_language: code of the text's language, for translation models that take one.
        target_language: code of the target text's language, for models that take one.
        chat: wrap the text as a user's message in the model's chat template, if it has one.
        start_token: put the start token first, for models whose tokenizer does not (GPT-2).
"""

_NUMBERS = """\
        layers: numbers of the layers to return, from 0, such as [0, 3]; all where none is named.
        heads: numbers of the heads to return, from 0, such as [0, 3]; all where none is named.
"""

_GATED = """
    A gated or private model is read in the caller's own name: gradio_client's
    ``Client(..., oauth_token="hf_...")`` hands over a token of the Hub for these calls; ``token=``
    opens a private Space, and does not come as far as here. A tool reads what anyone here may.
"""

TOKENIZE = f"""Tokenize a text as a model does, at once: its weights are not loaded.

    Returns the tokens, those of ``attention`` (``side`` is source or target), and notes, sentences
    on what was done with the texts, such as that the end was cut. What a decoder would write itself
    takes a run: without a ``target_text`` the tokens are the source's alone, and a note says so.
{_GATED}{_TEXTS}"""

ATTENTION = f"""Run a model on a text: the attention weights of its layers and heads.

    Returns the tokens (``side`` is source or target), and a safetensors file: float32
    ``[layer, head, query, key]`` under ``self``, or ``encoder``, ``decoder`` and ``cross``; of a
    model whose layers have unlike numbers of heads one ``[head, query, key]`` a layer, such as
    ``self.3``, unless ``heads`` are named. In its metadata, as JSON: ``layers`` and ``heads``, the
    true numbers by name, and ``notes``, sentences on what was done with the texts, such as that the
    end was cut.
{_GATED}{_TEXTS}{_NUMBERS}"""

QUERY_KEY = f"""Run a model on a text: the query and key vectors of its heads, as multiplied.

    Returns the tokens (``side`` is source or target), and a safetensors file: for each layer, such
    as ``self.3``, float32 ``self.3.query`` and ``self.3.key`` ``[head, position, head_dim]``, and
    ``self.3.logsumexp`` ``[head, query]``. In its metadata, as JSON: ``scaling``, the factor of
    each layer's dot products, and ``layers``, ``heads`` and ``notes`` as of ``attention``.
{_GATED}{_TEXTS}{_NUMBERS}"""

VIEW = f"""Draw a view of a text as one file: a page that needs no server, or a picture.

    The page, HTML, is the Space's own view, for a browser; it holds all layers of a short text, and
    of a long one the layer on view. The picture, SVG, is that view with nothing pinned; in one of a
    long text a line is the largest weight of some neighbouring tokens, and its caption says so. Of
    the heads that are named the neuron view shows the first, and the model view has it open.
{_GATED}{_TEXTS}\
        view: head, model or neuron.
        layer: the number of the layer on view, from 0; the first that has attention if left out.
        heads: numbers of the heads on view, from 0, such as [0, 3]; all where none is named.
        block: which attention, such as Cross, or Sentence A -> Sentence B; empty for the first.
        expanded: whether the neuron view shows query and key vectors.
        format: html or svg.
"""
