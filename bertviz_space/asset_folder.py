"""Locates ``assets/``: the modules and styles of the page, and the demo models."""

from pathlib import Path


def asset_folder() -> Path:
    """Return the path of ``assets/``: in this package if it was installed, else beside it.

    A wheel contains the folder in the package. In a checkout, and after an editable install, it is
    beside the package, as a Space expects.
    """
    package = Path(__file__).parent
    installed = package / "assets"
    return installed if installed.is_dir() else package.parent / "assets"
