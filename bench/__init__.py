"""The drawing benchmark: measures our views in the running Space, and BertViz 1.4.1 itself.

One run measures both sides alternately, on the same weights and in the same browser. ``cases``
lists what is measured. ``models`` makes the models, and ``material`` the texts and BertViz's pages.
``space`` runs the Space, and ``page_server`` serves BertViz's pages. ``view`` operates a view as a
reader does, in ``our_view`` or ``bertviz_view``. ``window`` and ``presented.js`` measure how long
that takes, and ``measure`` records it as ``visits``. ``summary``, ``targets`` and ``report`` turn
the visits into RESULTS.md. ``extraction`` and ``predictions`` measure the server, ``gpu`` measures
extraction on a GPU, and ``soak`` is a load test.
``cluster`` measures how many runs a cluster answers with ``sleeping_replica``.
"""
