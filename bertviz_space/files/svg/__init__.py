"""Draw a view as an SVG file without a browser; each module names the page's module it follows.

``picture`` draws a view: ``bipartite`` lines, a ``grid`` of heads, ``vectors``, or a ``matrix`` of
cells. ``compared_run`` draws the lines of two runs, ``titled`` with their names. ``captioned`` adds
a ``caption`` and other texts, as its ``options`` say, on a ``page``. ``shown``, ``rows`` and
``token_column`` choose and place the tokens. ``label``, ``texts_read`` and ``other_run`` make texts
for readers, and ``text_block`` and ``elements`` make SVG elements.
"""
