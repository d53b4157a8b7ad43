"""Read a trace from a reader's own file of tensors. Nothing in the file is trusted unchecked.

``trace_reader`` opens the file (``safetensors_file`` or ``npz_file``, each a ``tensor_file``),
reads its ``tokens``, finds its ``weights`` and vectors (``stored_arrays``), and builds the
``layers`` of a trace. ``weight_values`` checks the numbers of the weights, and ``formula_check``
compares the weights with the vectors.
"""
