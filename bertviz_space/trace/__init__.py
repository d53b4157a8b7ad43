"""What one forward pass computed, and what follows from it alone. Depends on torch only."""

from .attention import Component, LayerAttention, Token, Trace

__all__ = ["Component", "LayerAttention", "Token", "Trace"]
