"""Write a trace as files, and read a trace from a file.

``wire`` writes the files that the page reads, with ``compact_terms`` for masks and biases. For
programs, ``exports`` writes one file of a trace: ``tensor_export`` writes weights or vectors,
``html`` a page that needs no server, and ``svg`` a picture; ``view_request`` selects what a page or
a picture shows. ``tensor_import`` reads a reader's file of tensors. ``writing`` writes each file completely
or not at all.
"""
