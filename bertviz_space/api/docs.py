"""The documentation of the endpoints, for people and for language models.

Gradio 6.31 shows the text before ``Args`` to both. A language model also receives one line about
each argument (``tests/api/test_mcp.py``).
"""

from ..limits import MAX_CONTINUED_TOKENS, MAX_DESCRIBED_ROWS, MAX_DESCRIBED_TOKENS
from ..trace.head_scores import SCORES
from ..trace.predictions import MAX_LISTED

_MODEL = """
    Args:
        model: the id of a model on the Hugging Face Hub, such as openai-community/gpt2.
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

_RUN_OPTIONS = f"""\
        continue_tokens: let a causal model write up to {MAX_CONTINUED_TOKENS} tokens; 0 for none.
        temperature: draw each token at random with this temperature; omit for the most likely one.
        top_p: draw from the most likely tokens that together have this probability, up to 1.
        seed: the start of the random numbers; an equal seed gives the same text.
        interventions: what to change in the run, such as zero L0H3,mask 4; empty for nothing.
"""

_OTHER = """\
        other_text: another text to compare the text with; empty for none.
        other_model: another model with the same tokenizer to compare the model with.
"""

_INTERVENTIONS = """
    ``interventions`` change the run, to test what a part of the model does. It is a list such as
    ``zero L0H3,cut 7-2``: zero L0H3 replaces the output of head 3 in layer 0 by zeros, and mean
    L0H3 by its mean over the positions; cut 7-2 keeps the query at position 7 from attending to the
    key at position 2 in all layers, cut 7-2 L0 in layer 0, cut 7-2 L0H3 in one head, and cut *-2
    does so for all other queries; mask 4 replaces the token at position 4 by the mask token. In an
    encoder-decoder model, name the attention too: zero cross L0H3.
"""

_NUMBERS = """\
        layers: the numbers of the layers to return, counted from 0, such as [0, 3]; omit for all.
        heads: the numbers of the heads to return, counted from 0, such as [0, 3]; omit for all.
"""

_BLOCK = """\
        block: the attention part, such as Cross or Sentence A -> Sentence B; empty for the first.
"""

_GATED = """
    Tools can use the models that every visitor of this Space can use. A program can also use gated
    and private models, with a token of the Hub: in gradio_client, pass it as
    ``Client(..., oauth_token="hf_...")``, and the Space uses it for your calls only. The argument
    ``token`` is different: it opens a private Space and does not give access to models.
"""

_SCORES = "\n".join(f"    {name}: {score.meaning}" for name, score in SCORES.items())

_TOKENS = """\
Each token has its ``position``, counted from 0; its ``side``,
    source or target (an encoder-decoder model has both); its ``text``; its spelling in the
    ``vocabulary``; its ``token_id``; the ``segment`` A or B of a pair, or null; and ``special``,
    which is true for tokens that the tokenizer added, such as [CLS].
"""

_METADATA = """
    A tool returns the URL of the file. To read weights without opening a file, use
    ``describe_attention``. The metadata of the file contains values as JSON. ``layers`` and
    ``heads`` are the numbers of the returned layers and heads, by name. ``notes`` are sentences
    about what was done with the texts, for example that the end was cut.
"""

TOKENIZE = f"""Return the tokens that a model reads for a text, without running the model.

    Use it to find the positions of tokens. It does not load the model's weights, and does not wait
    in the queue. Returns a list of tokens and a list of notes. {_TOKENS}
    The notes are sentences about what was done with the texts, for example that the end was cut. If
    the decoder would generate the target text, the result contains only the tokens of the source
    text, and a note says so.
{_GATED}{_TEXTS}"""

ATTENTION = f"""Run a model on a text and return the attention weights as a file of tensors.

    Returns a list of tokens, as ``tokenize`` does, and a safetensors file of float32 tensors. The
    tensor ``self`` has the axes ``[layer, head, query, key]``: the weight of a head of a layer with
    which the token at the position ``query`` attends to the token at the position ``key``. An
    encoder-decoder model has the tensors ``encoder``, ``decoder`` and ``cross`` instead. If the
    layers of a model have different numbers of heads and you do not set ``heads``, the file has one
    tensor ``[head, query, key]`` for each layer, such as ``self.3``.
{_METADATA}{_INTERVENTIONS}{_GATED}{_TEXTS}{_NUMBERS}{_RUN_OPTIONS}"""

QUERY_KEY = f"""Run a model on a text and return the query and key vectors as a file of tensors.

    Returns a list of tokens, as ``tokenize`` does, and a safetensors file of float32 tensors. For
    each layer, such as 3, it has the vectors as the model multiplies them, ``self.3.query`` and
    ``self.3.key`` ``[head, position, head_dim]``, and the logarithm of the softmax's divisor,
    ``self.3.logsumexp`` ``[head, query]``.
{_METADATA.rstrip()} ``scaling`` is the factor of each layer's dot
    products, by name.
{_GATED}{_TEXTS}{_NUMBERS}{_RUN_OPTIONS}"""

HEAD_SCORES = f"""Run a model on a text and return all scores of all heads.

    A score says how much of a head's attention follows a pattern on this text. Returns a list of
    tokens, as ``tokenize`` does, and a list with a row for each head: its ``component`` (self, or
    encoder, decoder, cross), ``layer`` and ``head``, counted from 0, and its scores. The list is
    long for large models: to get only the heads with the largest value of one score, use
    ``describe_attention``. A score is null where it has no meaning, such as next for a causal
    model. With ``other_text`` or ``other_model``, heads are compared with those of that run.
    The scores are:

{_SCORES}
{_GATED}{_TEXTS}{_RUN_OPTIONS}{_OTHER}"""

PROBE = f"""Run a causal model on random tokens, repeated once, to find its induction heads.

    The scores do not depend on a text. Returns the number of random tokens (50, or fewer if the
    model has too few positions) and a list with a row for each head: its ``layer`` and ``head``,
    counted from 0, and its two scores. The tokens are the same in each call, and follow the start
    token if the tokenizer adds one. For a model that is not causal, such as BERT, the answer is an
    error. The scores are:

    induction: Mean weight of a repeated token on the token after its earlier occurrence. Olsson et
    al. (2022) call this score prefix matching.
    previous: Mean weight of a token on the token before it.
{_GATED}{_MODEL}"""

PREDICTIONS = f"""Run a model on a text and return what it predicts at every position.

    Returns a list of tokens, as ``tokenize`` does, and a list with a row for each position. A
    causal model predicts the next token, and so does the decoder of an encoder-decoder model; a
    masked model predicts the token at the position. The position of the predicted token is
    ``predicts``. The most likely tokens are in ``predicted``, the most likely one first, each with
    its ``text``, its spelling in the ``vocabulary``, its ``token_id`` and its ``probability``.
    For the token that the text contains there, ``rank`` counts from 1 for the most likely token,
    and ``log_probability`` is the natural logarithm of its probability. Both are null at the last
    position of a causal model. A model without a language-model head makes no predictions: the
    answer is an error.

    A masked model reads the token that it predicts. With ``masked``, it reads a mask instead of the
    token at this position, and the answer has one row.
{_INTERVENTIONS}
    A run with interventions is compared with the run without them, and a run with ``other_text`` or
    ``other_model`` with the run of that text or model. Then each row has in ``other`` what that run
    predicts at the aligned ``position``: ``rank`` and ``log_probability`` of the token that its
    text contains; ``likeliest``, its most likely token, with other_log_probability in that run and
    log_probability in this one; and ``divergence``, the Kullback-Leibler divergence in nats from
    that prediction to the one of this run. Tokens are aligned by the longest common subsequence of
    both texts; other is null at a token without an aligned one.
{_GATED}{_TEXTS}\
        limit: the number of predicted tokens in a row, from 1 to {MAX_LISTED}.
        masked: the position of a token to mask, counted from 0, for a model such as BERT.
{_RUN_OPTIONS}{_OTHER}"""

SWEEP = f"""Switch off each head in turn, and return how much each changes one prediction.

    The model runs once for each head, with the output of this head replaced by zeros. Returns the
    ``position`` of the prediction; the ``text``, the spelling in the ``vocabulary`` and the
    ``token_id`` of the predicted token; its ``log_probability`` while all heads are on (the natural
    logarithm); and ``heads``, a list with a row for each head, the largest change first: its
    ``component`` (self, or encoder, decoder, cross), ``layer`` and ``head``, counted from 0, and
    the ``change`` of the log-probability. A change below 0 means that the head makes the token more
    likely. Heads can replace each other: a small change of each alone does not show that all of
    them together matter little. To test several heads, use ``predictions`` with ``interventions``.
    A sweep that would take too long is an error, which says how many layers fit.
{_INTERVENTIONS.rstrip()} In a sweep, they are those of every run.
{_GATED}{_TEXTS}\
        position: the position of the prediction, counted from 0; omit for the last one.
        token_id: the id of the predicted token; omit for the token that the text contains there.
        layers: the numbers of the layers to sweep, counted from 0, such as [0, 3]; omit for all.
{_RUN_OPTIONS}"""

_FILTER = """
    ``filter`` hides weights. It is a list such as ``special,first,3,min=0.05``: special hides the
    weights on special tokens, first those on the first token, and 3 those on the token at position
    3 (t3 in a target text); renormalize divides the remaining weights of each row by their sum;
    min=0.05 hides smaller weights; and mass=0.7 shows only the largest weights that hold 0.7 of
    each row. With words, the rows are words instead of tokens.
"""

_SHOWN = f"""\
        view: the view to draw, which is head, model, neuron or matrix.
        layer: the number of the shown layer, counted from 0; if omitted, the first with attention.
        heads: the numbers of the shown heads, counted from 0, such as [0, 3]; omit for all.
{_BLOCK}\
        expanded: true to show query and key vectors in the neuron view.
        mean: true to show the mean of the heads in the head view, instead of each head.
        filter: what the view hides, such as special,first,renormalize; empty for nothing.
"""

VIEW = f"""Draw a view of a text as one file: an HTML page that needs no server, or an SVG picture.

    Returns the file; a tool returns its URL, to show to a person. A host of MCP Apps also shows the
    view in the chat. The head view draws a line for
    each weight of one layer, the model view all heads of all layers, the neuron view the vectors of
    one head, and the matrix view a heat map. The page shows the same view as the Space, in a
    browser. For a short text it contains all layers, for a long text only the shown layer. The
    picture shows the same view without a pinned token. In a picture of a long text, a line or a
    cell can stand for the largest weight between several neighboring tokens; the caption then says
    so. If you set ``heads``, the neuron view shows the first of them, the model view opens it, and
    the matrix view shows their mean. With ``other_text`` or ``other_model``, the head view shows
    both runs side by side, and the other views show this run and name the other one.
{_FILTER}
    The arguments from ``theme`` to ``scale`` are for pictures. A picture with a width in
    millimeters is laid out for this width: title, caption and legend have at least 7.5 points.
    Tokens have 11 points, and fewer if the view is wider than the page.
{_GATED}{_TEXTS}{_SHOWN}\
        format: the format of the file, which is html or svg.
        theme: the colors of a picture: light, dark, or transparent (light without a background).
        width: the width of a picture: screen, 84mm (one column) or 174mm (two columns).
        title: false to draw a picture without its title, which stays in the file's metadata.
        caption: false to draw a picture without its caption, which stays in the file's metadata.
        scale: true to draw the scale of weights below a picture.
{_RUN_OPTIONS}{_OTHER}"""

VIEW_CONTENT = f"""Return the numbers that a view shows, for the interactive page of the tool view.

    Do not call it to read weights: it returns a long text of encoded tensors. A host of MCP Apps
    shows the page beside the answer of view, and the page calls this tool itself. For a short text
    the numbers are those of all layers, for a long text only of the shown layer.
{_GATED}{_TEXTS}{_SHOWN}{_RUN_OPTIONS}{_OTHER}"""

DESCRIBE_ATTENTION = f"""Run a model on a text and describe its attention in words and numbers.

    Start with ``model`` and ``text`` only, and then ask about what you find. The answer is JSON
    with a ``summary``, and depends on the arguments:

    With ``model`` and ``text`` only: the tokens with their positions (at most
    {MAX_DESCRIBED_TOKENS} of each side), the attention parts that ``block`` can name, and for each
    score the head with the largest value and the score's meaning.
    With ``score``: the heads, ranked by this score, the largest value first; with ``layer``, the
    heads of this layer.
    With ``layer`` and ``head``: all scores of this head, and the queries of it with the largest
    weight on one key.
    With ``layer``, ``head`` and ``position``: the weights of this token in this head, ranked, with
    their running sum. attends_to has the weights with which the token, as a query, attends to keys;
    attended_by has those with which queries attend to the token, as a key. num_for_90_percent is
    how many of the largest weights hold 90 % of their total. In the part Cross, attends_to is about
    the token of the target text at this position, and attended_by about that of the source text.

    Layers, heads and positions are counted from 0. Weights are after the softmax, from 0 to 1. The
    scores are previous, next, same, first, delimiter, duplicate, induction, entropy and distance,
    and in a comparison divergence, which says how much a head's attention differs from that of the
    run without ``interventions``, of ``other_text`` or of ``other_model``.
{_FILTER.rstrip()}
    The filter does not change scores.
{_GATED}{_TEXTS}\
        layer: the number of a layer, counted from 0; with score, omit it to rank all layers.
        head: the number of a head in its layer, counted from 0; needs layer.
        position: the position of a token, counted from 0; needs layer and head.
        score: the score to rank heads by, such as induction; empty to ask about a head or a token.
{_BLOCK}\
        filter: the weights to hide, such as special,first,renormalize; empty for nothing.
        limit: the number of rows in each list, from 1 to {MAX_DESCRIBED_ROWS}.
{_RUN_OPTIONS}{_OTHER}"""
