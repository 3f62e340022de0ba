"""Run one client against one server and print a line of JSON for each check."""

import json
import sys

from livesock.conformance.clients import load
from livesock.conformance.clients.checks import checks

if __name__ == "__main__":
    name, url = sys.argv[1:]
    for found in checks(load(name), url):
        print(json.dumps(found), flush=True)
