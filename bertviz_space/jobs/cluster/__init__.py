"""Runs models on the replicas of a Ray Serve deployment.

The process of the page keeps the queue, the results, the downloads and the checks of access.
``settings`` reads the settings of the cluster. ``engine`` sends each run to a replica by HTTP, as a
``call``, and reads its ``messages``. ``local`` starts the ``deployment`` in a process of its own:
Ray ends a process that has lost its cluster, and the page must not end. A ``replica`` keeps
models loaded, and does its ``work`` in a thread.

Only ``deployment`` and ``replica`` import Ray, in Ray's processes.
"""
