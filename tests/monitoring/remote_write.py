"""Requests of Prometheus' remote write, version 1: protobuf in a snappy block."""

import functools
import http.client
import struct

from notation import STALE

STALE_MARKER = struct.pack("<Q", 0x7FF0000000000002)
CHUNK = 1 << 16


def varint(number):
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*found, number))


def field(number, content):
    """A field of protobuf with a length."""
    return varint(number << 3 | 2) + varint(len(content)) + content


@functools.cache
def encoded(labels):
    """The labels of a series, sorted pairs with its name as __name__."""
    return b"".join(field(1, field(1, name.encode()) + field(2, text.encode()))
                    for name, text in labels)


def sample(value, milliseconds):
    number = STALE_MARKER if value == STALE else struct.pack("<d", value)
    return field(2, b"\x09" + number + b"\x10" + varint(milliseconds))


def snappy(content):
    """A block without compression: literals alone."""
    parts = [varint(len(content))]
    for first in range(0, len(content), CHUNK):
        part = content[first:first + CHUNK]
        parts += [b"\xf4", struct.pack("<H", len(part) - 1), part]
    return b"".join(parts)


def request(samples, seconds):
    """The body for [(labels, value)] at one time."""
    when = int(seconds * 1000)
    return snappy(b"".join(field(1, encoded(labels) + sample(value, when))
                           for labels, value in samples))


def send(address, body):
    connection = http.client.HTTPConnection(address, timeout=600)
    connection.request("POST", "/api/v1/write", body, {
        "Content-Encoding": "snappy", "Content-Type": "application/x-protobuf",
        "X-Prometheus-Remote-Write-Version": "0.1.0"})
    reply = connection.getresponse()
    text = reply.read().decode()
    connection.close()
    if reply.status not in (200, 204):
        raise AssertionError(f"remote write: {reply.status} {text}")
