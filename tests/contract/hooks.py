"""What Schemathesis is told about this API beyond its document."""

import itertools
import json
import os

import schemathesis

_calls = itertools.count(1)

# The ids of a connection and of an account that are there, by prefix.
_THERE = json.loads(os.environ.get("BALANCE_IDS", "{}"))


@schemathesis.hook
def before_call(context, case, **kwargs):
    """Each request comes from a network of its own, as Cloudflare would report it:
    the limits per network have tests of their own."""
    number = next(_calls)
    address = f"198.18.{number // 250 % 250}.{number % 250}"
    case.headers = {**(case.headers or {}), "CF-Connecting-IP": address}


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Of the ids that have the right form, every other one is one that is there."""
    given = (path_parameters or {}).get("id")
    prefix, _, digits = given.partition("_") if isinstance(given, str) else ("", "", "")
    there = _THERE.get(prefix)
    if there and len(digits) == 32 and next(_calls) % 2:
        return {**path_parameters, "id": there}
    return path_parameters
