"""Reads the CPU time and memory of a process from Linux's /proc."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Usage:
    """CPU time and memory of a process since its start.

    Attributes:
        cpu_ms: CPU time of all threads.
        main_ms: CPU time of the main thread.
        waited_ms: time that the main thread was ready to run but had no core.
        peak_mb: the largest resident memory so far, in 10^6 bytes.
    """

    cpu_ms: float
    main_ms: float
    waited_ms: float
    peak_mb: float


def usage(pid: int) -> Usage:
    """Return the usage of a process; all zero if the process has ended."""
    process = Path(f"/proc/{pid}")
    try:
        threads = [path.read_text().split() for path in process.glob("task/*/schedstat")]
        main, waited, _ = (process / "schedstat").read_text().split()
        status = (process / "status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return Usage(0, 0, 0, 0)
    # A kB in this file is 1,024 bytes.
    peak = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return Usage(
        cpu_ms=sum(int(ran) for ran, *_ in threads) / 1e6,
        main_ms=int(main) / 1e6,
        waited_ms=int(waited) / 1e6,
        peak_mb=int(peak) * 1024 / 1e6,
    )
