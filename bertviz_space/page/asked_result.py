"""Finds the request of the result that a view asks about."""

from ..errors import InvalidFields, ResultExpired, ResultWithoutModel
from ..jobs.handler import Handler
from ..jobs.request import Request
from .file_url import folder_and_file


def request_of_result(handler: Handler, url: object) -> Request:
    """Return the request of a result, to run its model again.

    Args:
        handler: keeps the results.
        url: the URL of the result's manifest, or whatever a program sends. Only a page that shows
            the result knows the URL.

    Raises:
        InvalidFields: if it is no text.
        ResultExpired: if the result is not kept any more.
        ResultWithoutModel: if the result comes from a reader's own file.
    """
    if not isinstance(url, str):
        raise InvalidFields
    result = handler.results.in_folder(folder_and_file(url)[0])
    if result is None:
        raise ResultExpired
    if result.key is None:
        raise ResultWithoutModel
    return result.key.request
