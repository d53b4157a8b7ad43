"""The Gradio page.

* ``layout``: lays out the page from the parts below.
* ``fields``, ``examples``: the form above the views.
* ``components``: the views as Gradio components; ``message_line``: the line below the form.
* ``run_button``: handles the events that start a run; ``run_events`` connects them.
* ``interventions``: the interventions of the next run, which the views set.
* ``probe_function``: lets the model view probe a model; ``mask_function``: lets a view mask a
  token; ``sweep_function``: lets a view switch off heads; ``run_beside``: runs a model for them.
* ``asked_result``: the request of the result that a view asks about; ``file_url``: the folder and
  the name of a file that a view asks for.
* ``stop_writing``: lets the message line stop a model that continues a text.
* ``error_sentence``: the message of an error.
* ``model_choice``: shows the fields of the chosen model.
* ``links``: a request as a link; ``linked_request``: runs the request of a link.
* ``space_url``: the URL of the Space's page on the Hub.
* ``sign_in``: signing in with Hugging Face.
* ``browser_events``: connects events to modules of ``assets/page/``.
* ``published_assets``: serves the files of ``assets/``.
* ``first_picture``: puts the first result into the page; ``shown_result``: a result as the value of
  a view.
* ``preloads``: what a browser fetches first; ``gradio_files``: the files of Gradio among it.
"""
