"""Answers requests of the page and of programs.

A ``request`` is the work of one ``job``, which waits in the one ``queue`` and can be canceled.
``handler`` answers it: it loads the model, looks in the ``result_cache``, extracts the attention
(on ``zero_gpu`` in another process), and writes files into a folder of the ``store``. ``summary``
describes the result. ``uploads`` keeps uploaded files within their limits.
"""
