"""Draws a view as an SVG file without a browser; each module names the mark that it follows.

``picture`` draws a view from ``bipartite`` lines, a ``grid`` of heads or ``vectors``, with a
``caption``. ``rows`` and ``token_column`` place the tokens, and ``elements`` makes SVG elements.
"""
