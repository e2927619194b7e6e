"""PNG files small enough to be committed, which say what they show."""

import hashlib
import io
import struct
import zlib

COLOURS = 96
SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEY = b"shows"


def small(png: bytes) -> bytes:
    """The same picture with few colours, where Pillow is installed (it comes with Synapse's tests)."""
    try:
        from PIL import Image
    except ImportError:
        return png
    buffer = io.BytesIO()
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return min(png, buffer.getvalue(), key=len)


def shows(page: str) -> str:
    """A short name for what a picture of that page shows."""
    return hashlib.sha256(page.encode()).hexdigest()[:16]


def stamp(png: bytes, what: str) -> bytes:
    """The picture with a comment that names what it shows, behind its header."""
    end = len(SIGNATURE) + 25
    data = b"tEXt" + _KEY + b"\0" + what.encode()
    chunk = struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    return png[:end] + chunk + png[end:]


def stamped(png: bytes) -> str:
    """What a picture says that it shows; empty for one that does not."""
    at = png.find(b"tEXt" + _KEY + b"\0")
    if at < 0:
        return ""
    (length,) = struct.unpack(">I", png[at - 4 : at])
    return png[at + 5 + len(_KEY) : at + 4 + length].decode()
