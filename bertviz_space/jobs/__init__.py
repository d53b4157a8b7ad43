"""Answers requests of the page and of programs.

A ``request`` comes from a ``caller``. It becomes a ``job``, which waits in the one ``queue`` and
can be canceled. ``handler`` answers the request: it loads the model, looks in the
``result_cache``, extracts the attention with an ``engine``, and writes the files of a ``result``
into a folder of the ``store``. The engine runs the model in this process, in another one
(``zero_gpu``), or on another machine (``cluster``), which has ``worker_models`` and sends a
``pickled_answer``.
``comparable_models`` checks whether the models of two runs can be compared. ``summary`` describes
the result. The ``probe_cache`` keeps the scores of models on repeated random tokens.
``first_result`` holds the one with which every page opens. ``uploads`` keeps uploaded files within
limits.
"""
