"""Draw a view as an SVG file without a browser; each module names the page's module it follows.

``picture`` draws a view: ``bipartite`` lines, a ``grid`` of heads, ``vectors``, or a ``matrix`` of
cells. ``captioned`` adds a ``caption`` and other texts, as its ``options`` say, on a ``page``.
``rows`` and ``token_column`` place the tokens, ``label`` shortens their texts, and ``elements``
makes SVG elements.
"""
