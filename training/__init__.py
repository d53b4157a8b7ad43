"""Trains and measures the two demo models in ``assets/demo_models``: ``make demo-models``.

``train`` makes a corpus (``corpus``, from ``templates`` and ``lexicon``), a tokenizer
(``tokenizer``) and an untrained network (``networks``), and trains it on ``batches``. ``measure``
computes the accuracy of each model (``accuracy``) and the ``scores`` of its heads for known
``patterns``. Both write the model cards through ``card``.
"""
