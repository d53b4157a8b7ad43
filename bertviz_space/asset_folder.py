"""Locates ``assets/``: the modules and styles of the page, and the demo models."""

from pathlib import Path


def asset_folder() -> Path:
    """Return the path of ``assets/``, which is beside this package in a checkout."""
    return Path(__file__).parent.parent / "assets"
