"""From a model id to a loaded model.

``catalog`` lists the models on offer; ``hub`` turns an id into a folder of files. ``type_check``
and ``unsupported`` decide by its type whether a model can be shown, ``config_check`` reads its
configuration, and ``options`` tells what it takes beside a text. ``loading`` loads it, with
``bounded_construction``, ``weight_files`` and ``weight_check``; ``load_queue`` runs one load at a
time. ``cache`` keeps loaded models, bounded in bytes, and ``malloc`` returns freed memory.
"""
