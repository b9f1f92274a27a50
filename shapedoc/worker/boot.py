"""The first thing a project's interpreter runs: it makes shapedoc importable there, and then serves.

Run as a script, with the packages that the front lends as JSON: `python boot.py '{"yaml": "/…/yaml"}'`.
The project's interpreter needs torch and nothing of ours. Only shapedoc itself comes before what that
interpreter has; a lent package is found last. No folder is put on `sys.path`, so nothing else that lies
beside shapedoc or beside a lent package can be imported by mistake.
"""

import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))
# A script's own folder comes first on the path, where modules of ours would hide those of others.
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != _HERE]

import json  # noqa: E402
from importlib.abc import MetaPathFinder  # noqa: E402
from importlib.util import spec_from_file_location  # noqa: E402

OLDEST = (3, 10)


class Lent(MetaPathFinder):
    """Finds packages by their name and folder, without a path to search."""

    def __init__(self, folders):
        self.folders = folders

    def find_spec(self, fullname, path=None, target=None):
        folder = self.folders.get(fullname)
        if folder is None:
            return None
        return spec_from_file_location(
            fullname, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
        )


def install(folders):
    """Serve shapedoc from here before, and the packages in `folders` after, everything installed."""
    sys.meta_path.insert(0, Lent({"shapedoc": os.path.dirname(_HERE)}))
    sys.meta_path.append(Lent(folders))


def take_streams():
    """Standard input and output for ourselves; user code reads nothing and writes to standard error."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    sys.stdout.reconfigure(line_buffering=True)
    return requests, answers


if __name__ == "__main__":
    streams = take_streams()
    if sys.version_info < OLDEST:
        problem = "{} is Python {}, shapedoc needs {}.{} or later".format(
            sys.executable, sys.version.split()[0], *OLDEST
        )
        streams[1].write(json.dumps({"problem": problem}).encode() + b"\n")
        sys.exit(2)

if __name__ in ("__main__", "__mp_main__"):  # the second is this script in a spawned child
    install(json.loads(sys.argv[1]))

if __name__ == "__main__":
    from shapedoc.worker.server import serve

    serve(*streams)
