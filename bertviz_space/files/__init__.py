"""Write a trace as files, and read a trace from a file.

``wire`` writes the files that the page reads, with ``pass_files`` for the layers and predictions
of one pass, ``compact_terms`` for masks and biases, and ``filtered_overviews`` for filters.
``exports`` writes one file for a program: with ``tensor_export`` weights or vectors, with ``html``
a page that needs no server, and with ``svg`` a picture. ``mcp_app`` makes the page of a view in a
chat. ``view_request`` selects what a page or a picture shows.
``interventions_in_words`` names the interventions of a pass.
``tensor_import`` reads a reader's file of tensors. ``writing`` writes each file completely or not
at all.
"""
