"""From the reader's texts to what a model takes, and to tokens that show their own text again.

``reading`` goes through it all for one request. ``tokens`` makes ids, ``pieces`` and ``alignment``
find the piece of text of each; ``languages`` and ``chat`` put around them what a model wants;
``encoding`` cuts what does not fit, and ``notes`` says so.
"""

from .reading import Texts, read_texts, write_target

__all__ = ["Texts", "read_texts", "write_target"]
