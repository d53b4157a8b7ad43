"""The drawing benchmark: our views in the running Space, and BertViz 1.4.1 itself.

Both alternate in one run, on the same weights, in the same browser. ``cases`` says what is
measured, ``models`` and ``material`` make what is drawn, ``space`` and ``pages`` serve the two
sides, ``view`` (``ours``, ``theirs``) does what a reader does, ``window`` and ``presented.js``
measure it, ``measure`` notes it as ``visits``; ``statistics``, ``targets`` and ``report`` make
RESULTS.md of them.
"""
