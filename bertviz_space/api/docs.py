"""The documentation of the endpoints, for people and for language models.

Gradio 6.31 shows the text before ``Args`` to both. A language model also receives one line about
each argument (``tests/api/test_mcp.py``).
"""

from ..trace.head_scores import SCORES

_MODEL = """
    Args:
        model: the id of a model on the Hub, such as openai-community/gpt2, or one from models.
"""

_TEXTS = f"""{_MODEL}\
        text: the text; for an encoder-decoder model, the source text.
        text_b: the second text of a pair, for models that accept pairs (BERT); empty for none.
        target_text: the decoder's text, for encoder-decoder models; if empty, it is generated.
        source_language: the code of the text's language, for translation models with codes.
        target_language: the code of the target text's language, for translation models with codes.
        chat: true to wrap the text as a user's message in the model's chat template.
        start_token: true to add the start token, if the tokenizer does not add it itself (GPT-2).
"""

_NUMBERS = """\
        layers: the numbers of the layers to return, counted from 0, such as [0, 3]; empty for all.
        heads: the numbers of the heads to return, counted from 0, such as [0, 3]; empty for all.
"""

_GATED = """
    Gated and private models require a token of the Hub. In gradio_client, pass it as
    ``Client(..., oauth_token="hf_...")``: the Space uses it for your calls only. The argument
    ``token`` is different: it opens a private Space and does not give access to models. Tools
    cannot pass a token, so they can use only the models that everyone here can use.
"""

_SCORES = "\n".join(f"    {name}: {score.meaning}" for name, score in SCORES.items())

_METADATA = """
    The metadata of the file contains values as JSON. ``layers`` and ``heads`` are the numbers of
    the returned layers and heads, by name. ``notes`` are sentences about what was done with the
    texts, for example that the end was cut.
"""

TOKENIZE = f"""Tokenize a text as a model does, without loading the model's weights.

    Returns the tokens and a list of notes. Use it to see the tokens before a run: it does not wait
    in the queue. The tokens are those of ``attention``; ``side`` is source or target. The notes are
    sentences about what was done with the texts, for example that the end was cut. If the decoder
    would generate the target text, the result contains only the tokens of the source text, and a
    note says so.
{_GATED}{_TEXTS}"""

ATTENTION = f"""Run a model on a text and return the attention weights of its layers and heads.

    Returns the tokens, whose ``side`` is source or target, and a safetensors file of float32
    tensors. The tensor ``self`` has the axes ``[layer, head, query, key]``. An encoder-decoder
    model has the tensors ``encoder``, ``decoder`` and ``cross`` instead. If the layers of a model
    have different numbers of heads and you do not set ``heads``, the file has one tensor
    ``[head, query, key]`` for each layer, such as ``self.3``.
{_METADATA}{_GATED}{_TEXTS}{_NUMBERS}"""

QUERY_KEY = f"""Run a model on a text and return the query and key vectors of its heads.

    Returns the tokens, whose ``side`` is source or target, and a safetensors file of float32
    tensors. For each layer, such as ``self.3``, it has the vectors as the model multiplies them,
    ``self.3.query`` and ``self.3.key`` ``[head, position, head_dim]``, and the logarithm of the
    softmax's divisor, ``self.3.logsumexp`` ``[head, query]``.
{_METADATA.rstrip()} ``scaling`` is the factor of each layer's dot
    products, by name.
{_GATED}{_TEXTS}{_NUMBERS}"""

HEAD_SCORES = f"""Run a model on a text and return how much each head follows a pattern.

    Returns the tokens, whose ``side`` is source or target, and a row for each head with its
    ``component``, ``layer`` and ``head``, counted from 0, and its scores on this text. A score is
    null where it has no meaning, such as ``next`` for a causal model.

{_SCORES}
{_GATED}{_TEXTS}"""

PROBE = f"""Run a causal model on random tokens, repeated once, and return scores of each head.

    The scores do not depend on a text. Returns the number of random tokens (50, or fewer if the
    model has too few positions) and a row for each head with its ``layer`` and ``head``, counted
    from 0, and its scores. The tokens are the same in each call, and follow the start token if the
    tokenizer adds one. A model whose tokens attend to later tokens, such as BERT, is an error.

    induction: Mean weight of a repeated token on the token after its earlier occurrence. Olsson et
    al. (2022) call this score prefix matching.
    previous: Mean weight of a token on the token before it.
{_GATED}{_MODEL}"""

VIEW = f"""Draw a view of a text as one file: an HTML page that needs no server, or an SVG picture.

    The page shows the same view as the Space, in a browser. For a short text it contains all
    layers, for a long text only the shown layer. The picture shows the same view without a pinned
    token. In a picture of a long text, a line or a cell can stand for the largest weight between
    several neighboring tokens; the caption then says so. If you set ``heads``, the neuron view
    shows the first of them, the model view opens it, and the matrix view shows their mean.

    ``filter`` is what the view hides, as a list such as ``special,first,3,min=0.05``: attention to
    special tokens, to the first token, or to a position (``t3`` in a target text); ``renormalize``
    divides the remaining weights of each row by their sum; ``min=0.05`` hides smaller weights; and
    ``mass=0.7`` shows only the largest weights that hold 0.7 of each row. With ``words`` the rows
    are words instead of tokens.

    The arguments from ``theme`` to ``scale`` are for pictures. A picture with a width in
    millimeters is laid out for this width: title, caption and legend have at least 7.5 points.
    Tokens have 11 points, and fewer if the view is wider than the page.
{_GATED}{_TEXTS}\
        view: the view to draw, which is head, model, neuron or matrix.
        layer: the number of the shown layer, counted from 0; if omitted, the first with attention.
        heads: the numbers of the shown heads, counted from 0, such as [0, 3]; empty for all.
        block: the attention part, such as Cross or Sentence A -> Sentence B; empty for the first.
        expanded: true to show query and key vectors in the neuron view.
        format: the format of the file, which is html or svg.
        mean: true to show the mean of the heads in the head view, instead of each head.
        theme: the colors of a picture: light, dark, or transparent (light without a background).
        width: the width of a picture: screen, 84mm (one column) or 174mm (two columns).
        title: false to draw a picture without its title, which stays in the file's metadata.
        caption: false to draw a picture without its caption, which stays in the file's metadata.
        scale: true to draw the scale of weights below a picture.
        filter: what the view hides, such as special,first,renormalize; empty for nothing.
"""
