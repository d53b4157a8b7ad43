"""Turn the reader's texts into what a model takes, and ids back into the letters they stand for.

``reading`` does it all for one request. ``tokens`` makes ids, ``sequences`` tells which text each
id comes from, and ``pieces`` finds the letters of each token: with the tokenizer's offsets, or by
what its ids decode to (``decoding``), aligned with the text (``alignment``, by the ``edit_path``
between ``letters``). ``tokenizer_file`` holds a tokenizer to the model's own file. ``languages``
and ``chat`` add what a model expects around a text; ``encoding`` cuts what does not fit, by the
model's ``tables``; ``known`` refuses ids that the model does not have, also ``special_ids`` that a
configuration names; ``notes`` tells the reader what was done.

``spelling`` and ``conventions`` read tokens without a tokenizer, as files of tensors name them.
"""

from .reading import Texts, read_texts, write_target

__all__ = ["Texts", "read_texts", "write_target"]
