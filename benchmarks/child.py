"""One step or measurement in a process of its own: `python -m benchmarks.child MODULE.FUNCTION FOLDER`.

What it found is the last line it prints. The database is that of the environment.
"""

import json
import os
import sys
import warnings
from dataclasses import asdict
from importlib import import_module
from pathlib import Path


def main(name: str, folder: str) -> None:
    """Start Django, do it, print what was measured."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam_portal.settings")
    os.environ["LOG_LEVEL"] = "ERROR"
    warnings.filterwarnings("ignore", "No directory at", UserWarning)  # of collected static files: there are none

    import django

    django.setup()
    module, _point, function = name.partition(".")
    found = getattr(import_module(f"benchmarks.{module}"), function)(Path(folder))
    print(json.dumps(asdict(found) if found else None))


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.stdout.flush()
    # Arrow's idle threads may abort a process whose interpreter is already gone (apache/arrow, issue 34314).
    os._exit(0)
