"""The views in the cells of a notebook, for the users of BertViz.

``views`` defines the functions for the head view and the model view, and the module
``bertviz_space.neuron_view`` the one for the neuron view. ``arguments`` defines what they show: a
model that runs on a text, or attention that a program has. ``given_trace`` builds a trace of such
attention, in the forms that ``attention_forms`` reads. ``output`` displays a view, as a
``cell_page``, or as a ``widget`` that requests a layer when it is shown; both contain a
``still_picture``. Only ``widget`` imports a library for notebooks.
"""
