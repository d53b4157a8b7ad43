"""One call of an attention function of transformers."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor, nn

# Returns the output ``[1, query, head, head_dim]``, and the weights ``[1, head, query, key]`` or
# ``None``.
AttentionFunction = Callable[..., tuple[Tensor, Tensor | None]]


@dataclass(frozen=True, eq=False)
class AttentionCall:
    """The arguments of one call of an attention function.

    Attributes:
        module: the attention module.
        query: ``[1, head, query, head_dim]``.
        key: ``[1, key_value_head, key, head_dim]``.
        value: ``[1, key_value_head, key, head_dim]``.
        attention_mask: see ``split_mask``.
        options: all other arguments.
    """

    module: nn.Module
    query: Tensor
    key: Tensor
    value: Tensor
    attention_mask: Tensor | None
    options: dict[str, Any]

    @property
    def axes(self) -> tuple[int, int]:
        """Number of queries and number of keys."""
        return self.query.shape[2], self.key.shape[2]

    def run(self, attention: AttentionFunction) -> tuple[Tensor, Tensor | None]:
        """Call an attention function with these arguments."""
        return attention(
            self.module, self.query, self.key, self.value, self.attention_mask, **self.options
        )

    def of_queries(self, rows: Tensor) -> "AttentionCall":
        """Return a call with some of the queries: int64 ``[row]``."""
        num_queries = self.query.shape[2]
        return replace(
            self,
            query=self.query[:, :, rows],
            attention_mask=_of_queries(self.attention_mask, rows, num_queries),
            options={
                name: _of_queries(option, rows, num_queries)
                for name, option in self.options.items()
            },
        )


def _of_queries(option: Any, rows: Tensor, num_queries: int) -> Any:
    """Select rows of a mask, bias or sink ``[1, head, query, ...]``; return other values as is."""
    if isinstance(option, Tensor) and option.ndim == 4 and option.shape[2] == num_queries:
        return option[:, :, rows]
    return option
