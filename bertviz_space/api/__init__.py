"""Endpoints for programs and agents.

``endpoints`` adds them, ``text_endpoints`` defines those that read a text, and ``program_jobs``
runs their jobs. ``arguments`` checks what a program sends, ``rows`` makes the tables of the
answers, ``description`` answers a ``question`` in words and numbers, and ``docs`` contains the
documentation of the endpoints. ``tool_server`` offers them as tools for language models, and
``view_app`` is the page in which a chat shows a view.
"""
