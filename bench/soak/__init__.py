"""Many visitors at once, for some minutes: what the Space answers, and what is left of it.

Run it with ``make soak``. All of it is on 127.0.0.1, bounded in visitors and time; it stops by
itself.
"""
