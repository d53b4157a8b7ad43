"""Find the tokens that two token sequences have in common, in the same order."""

from collections.abc import Sequence

from rapidfuzz.distance import LCSseq
from transformers import PreTrainedTokenizerBase

from ..trace import Token


def share_vocabulary(tokenizer: PreTrainedTokenizerBase, other: PreTrainedTokenizerBase) -> bool:
    """Return whether two tokenizers have the same ids for the tokens of the smaller vocabulary.

    A model that was trained further may have more tokens, such as those of a chat template.
    """
    smaller, larger = sorted((tokenizer.get_vocab(), other.get_vocab()), key=len)
    return all(larger.get(token) == token_id for token, token_id in smaller.items())


def align_tokens(tokens: Sequence[Token], others: Sequence[Token]) -> tuple[int, ...]:
    """Align two token sequences by their longest common subsequence.

    Tokens are equal if the vocabulary spells them equally, so both sequences must be made with the
    same vocabulary.

    Returns:
        For each of ``tokens``, the position of the aligned token in ``others``, ``-1`` for none.
        The positions that are not ``-1`` are ascending.
    """
    aligned = [-1] * len(tokens)
    spellings = [[each.vocabulary for each in side] for side in (tokens, others)]
    for block in LCSseq.opcodes(*spellings).as_matching_blocks():
        aligned[block.a : block.a + block.size] = range(block.b, block.b + block.size)
    return tuple(aligned)
