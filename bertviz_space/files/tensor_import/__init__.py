"""Read a trace from a reader's own file of tensors, which is checked before anything is trusted.

``trace_reader`` opens the file (``safetensors_file`` or ``npz_file``, each a ``tensor_file``),
reads its ``tokens``, finds its ``weights`` and vectors (``stored_arrays``), and builds the
``layers`` of a trace.
"""
