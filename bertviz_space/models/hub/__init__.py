"""From a model id to a checked folder of files; only this folder imports huggingface_hub.

``checkpoints`` coordinates the others. It asks the Hub (``requests``) with a reader's token
(``access``), compares the list of files with the limits (``admission``, ``repository_files``) and
downloads them (``progress``). ``downloads`` bounds the bytes of the downloaded files, and
``leases`` protects files in use from deletion. ``aliases`` remembers other names of a model.
"""
