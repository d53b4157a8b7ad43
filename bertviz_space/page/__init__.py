"""The Gradio page.

* ``layout``: puts the page together from the parts below.
* ``fields``, ``examples``: the form above the views.
* ``components``: the views as Gradio components; ``message_line``: the line under Run.
* ``run_button``: does the work of a run; ``run_events``: the events that start one.
* ``model_choice``: shows the fields that the chosen model takes.
* ``links``: a request as a link; ``linked_request``: runs the request of a link.
* ``sign_in``: signing in with Hugging Face.
* ``browser_events``: events that modules of ``assets/page`` handle.
* ``published_assets``: serves the files of ``assets/``.
"""
