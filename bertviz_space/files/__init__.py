"""A trace as files, and files as a trace.

``wire`` writes what the page reads, with ``compact_terms`` for masks and biases. For programs
``tensor_export`` writes weights or vectors, ``html`` a page that needs no server, and ``svg`` a
picture; ``view_request`` selects what they show. ``tensor_import`` reads a file of tensors.
``writing`` writes each file completely or not at all.
"""
