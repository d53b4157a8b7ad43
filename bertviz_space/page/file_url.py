"""Reads the URL of a result's file, as a view sends it."""


def folder_and_file(url: str) -> tuple[str, str]:
    """Return the name of the folder that a URL names, and that of the file in it.

    A URL without a folder has an empty folder name, which is the name of no result.
    """
    *_, folder, file = "", *url.partition("?")[0].split("/")
    return folder, file
