"""Reads what the loader and the kernel read of a 64- or 32-bit little-endian ELF file."""

import collections
import struct

LOAD, DYNAMIC, INTERPRETER = 1, 2, 3
STACK, RELRO = 0x6474E551, 0x6474E552
EXECUTABLE, WRITABLE = 1, 2

Segment = collections.namedtuple("Segment", "type flags offset address size alignment")


class Elf:
    def __init__(self, path):
        self.bytes = path.read_bytes()
        if self.bytes[:4] != b"\x7fELF" or self.bytes[5] != 1:
            raise ValueError(f"{path} is not a little-endian ELF file")
        self._wide = self.bytes[4] == 2
        self.type, self.machine = struct.unpack_from("<HH", self.bytes, 16)
        self.segments = list(self._segments())

    def _segments(self):
        start = self._read("<Q", 32) if self._wide else self._read("<I", 28)
        size, count = struct.unpack_from("<HH", self.bytes, 54 if self._wide else 42)
        for at in range(start, start + size * count, size):
            if self._wide:
                kind, flags, offset, address, _, length, _, alignment = struct.unpack_from(
                    "<IIQQQQQQ", self.bytes, at)
            else:
                kind, offset, address, _, length, _, flags, alignment = struct.unpack_from(
                    "<IIIIIIII", self.bytes, at)
            yield Segment(kind, flags, offset, address, length, alignment)

    def _read(self, form, at):
        return struct.unpack_from(form, self.bytes, at)[0]

    def of_type(self, kind):
        return [segment for segment in self.segments if segment.type == kind]

    def dynamic(self):
        """{tag: value} of the dynamic section."""
        form = "<qQ" if self._wide else "<iI"
        tags = {}
        for segment in self.of_type(DYNAMIC):
            end = segment.offset + segment.size
            for at in range(segment.offset, end, struct.calcsize(form)):
                tag, value = struct.unpack_from(form, self.bytes, at)
                tags.setdefault(tag, value)
        return tags
