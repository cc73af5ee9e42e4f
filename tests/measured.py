"""`python -m tests.measured MODULE` runs a module, then prints its CPU seconds and its memory in MB."""

import re
import runpy
import sys
import time
from pathlib import Path


def most_memory():
    """The greatest memory of this process in MB. What `getrusage` reports includes that of its parent."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) / 1024


if __name__ == "__main__":
    sys.argv = sys.argv[1:]
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    finally:
        print(f"\n{time.process_time():.2f} {most_memory():.0f}", file=sys.stderr)
