"""The predictions of a pass, from its logits at a few positions at a time."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from ..trace import LayerAttention
from ..trace.comparison import PredictionChanges
from ..trace.predictions import MAX_LISTED
from .language_head import Logits
from .model_state import for_inference

# Logits that exist at the same time: 64 MB of float32. With fewer positions at a time, the matrix
# product takes longer.
_LOGITS_AT_ONCE = 2**24
# Logits that are reduced at the same time: 4 MB, which stay in a processor's cache from one
# reduction to the next.
_REDUCED_AT_ONCE = 2**20
# Tokens of a block in which the largest logit is looked for.
_BLOCK = 64
# The largest vocabularies have 262,144 tokens, and one position at a time would be slow.
_MIN_POSITIONS = 16


@dataclass(frozen=True, eq=False)
class PredictedIds:
    """The fields of ``Predictions`` that a pass determines, without the texts of the tokens."""

    offset: int
    token_ids: Tensor
    probabilities: Tensor
    ranks: Tensor
    log_probabilities: Tensor


def offset_of(layers: Iterable[LayerAttention]) -> int:
    """Return from a position to which other one a model predicts there.

    If no token attends to a later one, the model has not read the next token, and predicts it. A
    model that reads all tokens predicts the token at the position itself.

    Args:
        layers: the self-attention of the tokens with predictions.

    Returns:
        1 for the next token, 0 for the token itself.
    """
    return int(not any(_reads_later_tokens(layer) for layer in layers))


def _reads_later_tokens(layer: LayerAttention) -> bool:
    if layer.causal:
        return False
    return layer.allowed is None or bool(layer.allowed.triu(1).any())


def predict(
    logits: Logits,
    token_ids: Tensor,
    offset: int,
    check: Callable[[], None],
    positions: range | None = None,
) -> PredictedIds:
    """Return the most likely tokens at each position, and how likely the text's own token is.

    Call it inside ``for_inference``.

    Args:
        logits: the logits of the pass.
        token_ids: int64 ``[position]``, the tokens of the text.
        offset: see ``offset_of``.
        check: called before each part of the work. What it raises ends the work.
        positions: consecutive positions; ``None`` for all.
    """
    positions = positions or range(logits.num_positions)
    expected = torch.full_like(token_ids, -1)
    expected[: len(token_ids) - offset] = token_ids[offset:]
    rows = max(1, _REDUCED_AT_ONCE // logits.num_tokens)
    parts = []
    for part in _parts(positions, logits.num_tokens):
        check()
        computed = logits.at(part)
        for few in zip(computed.split(rows), expected[part].split(rows), strict=True):
            parts.append(_predicted(*few))
    columns = [torch.cat(column).cpu() for column in zip(*parts, strict=True)]
    return PredictedIds(offset, *columns)


def changes_of_predictions(
    logits: Logits, other: Logits, aligned: Tensor, likeliest: Tensor, check: Callable[[], None]
) -> PredictionChanges:
    """Compare the predictions of a pass with those of another one, of the same vocabulary.

    If one of two models has more tokens at the end of its vocabulary, the probabilities are those
    among the tokens that both have. Only one model is locked at a time.

    Args:
        logits: the logits of the pass.
        other: the logits of the other pass, of the same model or of another one.
        aligned: int64 ``[pair, 2]``, the aligned positions in both passes.
        likeliest: int32 ``[position]``, the most likely token of each prediction in the other pass.
        check: called before each part of the work. What it raises ends the work.
    """
    num_tokens = min(logits.num_tokens, other.num_tokens)
    divergences = torch.full((logits.num_positions,), torch.nan)
    log_probabilities = divergences.clone()
    for part in _parts(range(len(aligned)), num_tokens):
        check()
        own_positions, other_positions = aligned[part].unbind(1)
        before = _log_probabilities(other, other_positions, num_tokens)
        after = _log_probabilities(logits, own_positions, num_tokens)
        ids = likeliest[other_positions, None].to(after.device, torch.int64)
        is_known = ids < num_tokens
        of_likeliest = after.gather(1, ids.where(is_known, 0)).where(is_known, torch.nan)
        log_probabilities[own_positions] = of_likeliest[:, 0].cpu()
        # Rounding may result in a negative sum.
        sums = before.exp().mul_(before.sub_(after)).sum(-1).clamp_(min=0.0)
        divergences[own_positions] = sums.cpu()
    return PredictionChanges(divergences, log_probabilities)


def _log_probabilities(logits: Logits, positions: Tensor, num_tokens: int) -> Tensor:
    """Return float32 ``[position, token]``, the logarithms of the softmax of the first tokens."""
    with for_inference(logits.model):
        return logits.at(positions)[:, :num_tokens].log_softmax(-1)


def _parts(positions: range, num_tokens: int) -> Iterator[slice]:
    """Yield slices of positions, with at most ``_LOGITS_AT_ONCE`` logits if there are many."""
    size = max(_MIN_POSITIONS, _LOGITS_AT_ONCE // num_tokens)
    for position in positions[::size]:
        yield slice(position, min(position + size, positions.stop))


def _predicted(logits: Tensor, expected: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the tensors of ``PredictedIds`` for some positions.

    Args:
        logits: float32 ``[position, token]``.
        expected: int64 ``[position]``, the id of the text's own token, -1 for none.
    """
    num_tokens = logits.shape[1]
    expected = expected.to(logits.device)
    values, indices = _largest(logits, min(MAX_LISTED, num_tokens))
    is_known = (expected >= 0) & (expected < num_tokens)
    own = logits.gather(1, expected.where(is_known, 0)[:, None])
    # Numbers instead of booleans, and one array for both sums: each takes a fraction of the time.
    buffer = torch.empty_like(logits)
    ranks = torch.gt(logits, own, out=buffer).sum(-1).int() + 1
    largest = values[:, :1]
    sums = torch.sub(logits, largest, out=buffer).exp_().sum(-1, keepdim=True)
    normalizers = largest + sums.log()  # logsumexp
    log_probabilities = (own - normalizers)[:, 0]
    return (
        indices.int(),
        (values - normalizers).exp(),
        ranks.where(is_known, 0),
        log_probabilities.where(is_known, torch.nan),
    )


def _largest(logits: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return the largest logits of each row and their indices, in a third of the time of ``topk``.

    The largest logits are in the blocks with the largest maxima, or in the incomplete block at the
    end of the row.
    """
    num_tokens = logits.shape[1]
    num_blocks = num_tokens // _BLOCK
    if num_blocks <= count:
        return logits.topk(count)
    maxima = logits[:, : num_blocks * _BLOCK].unflatten(1, (num_blocks, _BLOCK)).amax(-1)
    block = torch.arange(_BLOCK, device=logits.device)
    in_blocks = (maxima.topk(count).indices[:, :, None] * _BLOCK + block).flatten(1)
    end = torch.arange(num_blocks * _BLOCK, num_tokens, device=logits.device)
    candidates = torch.cat([in_blocks, end.expand(len(logits), -1)], 1)
    values, places = logits.gather(1, candidates).topk(count)
    return values, candidates.gather(1, places)
