"""A load test: many concurrent visitors use a running Space for some minutes.

``make soak`` runs it. Everything runs on 127.0.0.1, and the number of visitors and the time are
limited. ``server`` starts the Space, and ``visitors`` runs visits of ``readers`` and ``hostile``
through the client in ``page``. ``outcome`` classifies how a visit ended, and ``report`` prints the
results.
"""
