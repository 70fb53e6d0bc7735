"""A program of its own that sets one booklet and ends: JSON comes in, the PDF or why there is none goes out.

Run as ``python -I typesetting.py``; imports nothing of the library. Typst sees an empty directory and no font but its
own. The system ends the program when it takes too much memory or time: no booklet can hold a worker or fill a machine.
"""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import suppress

MEMORY = 2 * 1024**3  # bytes of address space, of which little is used
SECONDS = 60  # of processor time


def main() -> None:
    """Read what to set from standard input and write the PDF to standard output."""
    with suppress(ImportError):  # there are no such limits on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    import typst

    wanted = json.load(sys.stdin.buffer)
    with tempfile.TemporaryDirectory(prefix="booklet-") as empty:
        pdf = typst.compile(
            wanted["template"].encode(),
            root=empty,
            package_path=empty,
            package_cache_path=empty,
            ignore_system_fonts=True,
            sys_inputs={"booklet": wanted["booklet"]},
            pdf_standards=["ua-1"],
            timestamp=wanted["timestamp"],
        )
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
