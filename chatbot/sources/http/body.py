"""The body of an answer, unpacked while it streams: capped on the unpacked bytes, and whole or not at all."""

import zlib

import aiohttp

from chatbot.ports import SourceUnavailable
from chatbot.sources.http.status import place

MIB = 1024 * 1024
_CHUNK = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_HEAD = 2048  # bytes of a refusal's body that are looked at


class TooLarge(SourceUnavailable):
    """The body is longer than we read."""


class _Plain:
    """A body that came unpacked."""

    whole = True

    def unpack(self, part: bytes, _most: int) -> bytes:
        return part


class _Gzip:
    """aiohttp's own unpacking takes a packed body that is cut short for a whole one; this one knows its end."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=_GZIP)

    @property
    def whole(self) -> bool:
        return self._stream.eof and not self._stream.unused_data

    def unpack(self, part: bytes, most: int) -> bytes:
        return self._stream.decompress(part, most)


async def read_body(response: aiohttp.ClientResponse, cap: int) -> bytes:
    """Read and unpack, and stop beyond `cap` bytes: what a packed bomb would swell to is never held."""
    where = place(response.url)
    packing = response.headers.get("Content-Encoding", "").strip().lower()
    if packing not in ("", "identity", "gzip", "x-gzip"):
        raise SourceUnavailable(f"{where} sent a body that is packed in a way we did not ask for")
    stream = _Gzip() if "gzip" in packing else _Plain()
    parts, size = [], 0
    async for part in response.content.iter_chunked(_CHUNK):
        try:
            unpacked = stream.unpack(part, cap - size + 1)
        except zlib.error as wrong:
            raise SourceUnavailable(f"{where} sent a body that is badly packed") from wrong
        size += len(unpacked)
        if size > cap:
            response.close()
            raise TooLarge(f"{where} sent more than {f'{cap // MIB} MiB' if cap >= MIB else f'{cap} bytes'}")
        parts.append(unpacked)
    if size and not stream.whole:
        raise SourceUnavailable(f"{where} sent a body that is cut short")
    return b"".join(parts)


async def beginning(response: aiohttp.ClientResponse) -> bytes:
    """The first bytes of a refusal, where it says why; a body that cannot be read says nothing."""
    try:
        head = await response.content.read(_HEAD)
        return zlib.decompressobj(wbits=_GZIP).decompress(head, _HEAD) if head.startswith(b"\x1f\x8b") else head
    except (aiohttp.ClientError, OSError, zlib.error):
        return b""
