"""From the reader's texts to what a model takes, and to tokens that show their own text again.

``reading`` goes through it all for one request. ``tokens`` makes ids, ``pieces`` and ``alignment``
find the piece of text of each; ``languages`` and ``chat`` put around them what a model wants;
``encoding`` cuts what does not fit, and ``notes`` says so. ``tables`` finds how many positions and
tokens a model knows, ``special_ids`` what its decoder starts with, and ``known`` refuses ids that
the model has no row for.
"""

from .reading import Texts, read_texts, write_target

__all__ = ["Texts", "read_texts", "write_target"]
