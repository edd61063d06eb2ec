"""Holds bodies of OTLP in JSON to opentelemetry-proto: one a line, `{"signal", "body"}`.

Ids are hex in OTLP where protobuf's own mapping has base64, and unconverted hex is base64 of
something else: they are converted first, and held to their lengths."""

import base64
import json
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

MESSAGES = {
    "traces": ExportTraceServiceRequest,
    "metrics": ExportMetricsServiceRequest,
    "logs": ExportLogsServiceRequest,
}
LENGTHS = {"traceId": 16, "spanId": 8, "parentSpanId": 8}
HEX = set("0123456789abcdef")


def with_base64_ids(value):
    """The same value with its ids as protobuf writes bytes."""
    if isinstance(value, list):
        return [with_base64_ids(one) for one in value]
    if not isinstance(value, dict):
        return value
    converted = {}
    for name, member in value.items():
        if name in LENGTHS:
            if not set(member) <= HEX:
                raise ValueError(f"{name} is not lower-case hex")
            raw = bytes.fromhex(member)
            if len(raw) != LENGTHS[name] or not any(raw):
                raise ValueError(f"{name} is not {LENGTHS[name]} bytes")
            converted[name] = base64.b64encode(raw).decode()
        else:
            converted[name] = with_base64_ids(member)
    return converted


def main():
    held = dict.fromkeys(MESSAGES, 0)
    for line in sys.stdin:
        sent = json.loads(line)
        message = MESSAGES[sent["signal"]]()
        body = with_base64_ids(sent["body"])
        json_format.ParseDict(body, message, ignore_unknown_fields=False)
        # What was understood is what was said, and nothing was left at its default by mistake.
        again = json_format.MessageToDict(message, use_integers_for_enums=True)
        if json_format.ParseDict(again, type(message)()) != message:
            raise ValueError("a body that is another one once it was read")
        held[sent["signal"]] += 1
    print(json.dumps(held))


try:
    main()
except (ValueError, KeyError, json_format.ParseError) as error:
    sys.exit(f"otlp.py: {error}")
