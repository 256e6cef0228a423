"""Read and parse every Python file under a directory, and print the seconds that this took, by the
clock and of the processor."""

from __future__ import annotations

import ast
import gc
import sys
import time
import warnings
from pathlib import Path


def main() -> None:
    warnings.simplefilter("ignore")
    files = sorted(Path(sys.argv[1]).rglob("*.py"))
    if "--no-gc" in sys.argv:
        gc.disable()
    begin, spent = time.perf_counter(), time.process_time()
    for file in files:
        try:
            ast.parse(file.read_bytes())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    print(time.perf_counter() - begin, time.process_time() - spent)


if __name__ == "__main__":
    main()
