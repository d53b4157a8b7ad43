"""From a model id to a loaded model.

``catalog`` lists the models on the page, and ``hub`` turns a model id into a folder of files.
``type_check`` and ``unsupported`` decide by the type of a model whether it can be shown.
``config_check`` checks the numbers in a ``config.json``, ``config`` reads the configuration,
``tokenizer`` the tokenizer, and ``options`` finds out which options the model supports.
``language_class`` chooses the class of transformers, with or without a language head. ``outline``
builds the model without weights, within the bounds of ``bounded_construction``; ``weight_check``
compares the weights in the files (``weight_files``) with it, and ``loading`` loads them in the data
type that ``precision`` chooses. ``load_errors`` turns errors into messages for the reader, and
``library_settings`` configures transformers and torch. ``load_queue`` runs one load at a time,
``loaded_models`` keeps loaded models within a number of bytes, ``cache`` finds a model for a reader
or loads it, and ``malloc`` returns freed memory.
"""
