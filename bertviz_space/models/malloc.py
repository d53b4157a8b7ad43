"""Return freed memory to the operating system."""

import ctypes


def return_freed_memory() -> None:
    """Return the memory that glibc keeps after it was freed; do nothing with other C libraries.

    glibc keeps freed blocks of up to 32 MB for the thread that freed them. After four runs of 4,096
    tokens the process used 3.4 GB instead of 2.0 GB.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
