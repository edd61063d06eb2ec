"""What Schemathesis is told about this API beyond its document."""

import itertools

import schemathesis

_senders = itertools.count(1)


@schemathesis.hook
def before_call(context, case, **kwargs):
    """Each request comes from a network of its own, as Cloudflare would report it:
    the limits per network have tests of their own."""
    number = next(_senders)
    address = f"198.18.{number // 250 % 250}.{number % 250}"
    case.headers = {**(case.headers or {}), "CF-Connecting-IP": address}
