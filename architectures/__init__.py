"""Every text architecture of transformers, built tiny, extracted, and held against transformers.

``python -m architectures`` writes ``ARCHITECTURES.md``. The tests take their models from here too.
"""
