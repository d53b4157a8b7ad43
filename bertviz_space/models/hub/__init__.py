"""From a model id to a checked folder of files; the only modules that import huggingface_hub.

``checkpoints`` does it all: it asks the Hub (``requests``) in the name of a reader (``access``),
compares the list of files with the limits (``admission``, ``repository_files``) and downloads them
(``progress``). Downloaded files are bounded in bytes (``downloads``) and are not deleted while they
are in use (``leases``). ``aliases`` keeps the other names of a model.
"""
