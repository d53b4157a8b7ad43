"""Compares every text architecture of transformers, built tiny, with transformers' own weights.

``python -m architectures`` writes ``ARCHITECTURES.md``. The tests also use these tiny models.
"""
