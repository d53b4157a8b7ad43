"""The HTTP server around the page.

* ``startup``: the process: its settings, port, temporary folder and signals.
* ``process_folders``: folders that the process removes when it ends.
* ``reject_malformed``: middleware that answers invalid requests. It uses ``routes`` (what each
  route accepts), ``calls`` (whether Gradio can execute a call), ``bounded_request`` and
  ``error_response``.
* ``event_streams``: middleware that keeps a page from missing the messages of an event.
* ``cache_headers``: middleware that says how browsers may cache responses.
* ``preload_links``: middleware that names in the page the files that it will need;
  ``page_compression``: middleware that compresses the page.
* ``forget_requests``: limits the data about requests that Gradio keeps.
* ``session``: the session and the user of a request.
* ``concurrency``: limits on the number of events that run at the same time.
"""
