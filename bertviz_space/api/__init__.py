"""Endpoints for programs and agents.

``endpoints`` defines them, and ``program_jobs`` runs their jobs. ``arguments`` checks what a
program sends, ``rows`` makes the tables of the answers, and ``docs`` contains the
documentation of the endpoints.
"""
