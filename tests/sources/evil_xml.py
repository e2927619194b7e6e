"""Documents made to hurt a reader of feeds, and a program that reads them all under limits and says what each one took."""

import resource
import sys
import time

from chatbot.sources.github.atom_feed import read_feed
from chatbot.sources.github.xml_gate import NotPlainXml

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom">'
_MANY = b" ".join(b'a%d=""' % n for n in range(1000))
_LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))

EVIL: dict[str, bytes] = {
    "billion laughs": HEAD + b'<!DOCTYPE feed [<!ENTITY l0 "ha">' + _LAUGHS + b"]>" + ATOM + b"<id>&l9;</id></feed>",
    "quadratic blow-up": HEAD
    + b'<!DOCTYPE feed [<!ENTITY a "'
    + b"a" * 100_000
    + b'">]>'
    + ATOM
    + b"&a;" * 100_000
    + b"</feed>",
    "external entity": HEAD + b'<!DOCTYPE feed [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + ATOM + b"&x;</feed>",
    "external document type": HEAD + b'<!DOCTYPE feed SYSTEM "http://127.0.0.1:1/x.dtd">' + ATOM + b"</feed>",
    "parameter entity": HEAD + b'<!DOCTYPE feed [<!ENTITY % p SYSTEM "file:///dev/zero">%p;]>' + ATOM + b"</feed>",
    "a plain document type": HEAD + b"<!DOCTYPE feed>" + ATOM + b"</feed>",
    "nested 200,000 deep": HEAD + ATOM + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</feed>",
    "unclosed 500,000 times": HEAD + ATOM + b"<a>" * 500_000,
    "a million elements": HEAD + ATOM + b"<a/>" * 1_000_000 + b"</feed>",
    "an attribute of 5 MB": HEAD + b'<feed xmlns="http://www.w3.org/2005/Atom" x="' + b"a" * 5_000_000 + b'"></feed>',
    "100,000 attributes": HEAD + b"<feed " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b"></feed>",
    "1000 attributes on each of 500 elements": HEAD + ATOM + (b"<a " + _MANY + b"/>") * 500 + b"</feed>",
    "1000 namespaces on each of 300 elements": HEAD
    + ATOM
    + (b"<a " + _MANY.replace(b"a", b"xmlns:a").replace(b'""', b'"b"') + b"/>") * 300
    + b"</feed>",
    "250,000 namespaces": HEAD + b"<feed " + b" ".join(b'xmlns:a%d="b"' % n for n in range(250_000)) + b"></feed>",
    "10,000 names": HEAD + ATOM + b"".join(b"<a%d/>" % n for n in range(10_000)) + b"</feed>",
    "a name of 5 MB": HEAD + ATOM + b"<" + b"a" * 5_000_000 + b"/></feed>",
    "a comment of 5 MB": HEAD + ATOM + b"<!--" + b"a" * 5_000_000 + b"--></feed>",
    "700,000 comments": HEAD + ATOM + b"<!---->" * 700_000 + b"</feed>",
    "a million instructions": HEAD + ATOM + b"<?a?>" * 1_000_000 + b"</feed>",
    "400,000 empty sections": HEAD + ATOM + b"<![CDATA[]]>" * 400_000 + b"</feed>",
    "600,000 elements with text": HEAD + ATOM + b"<a>b</a>" * 600_000 + b"</feed>",
    "5 MB of lines": HEAD + ATOM + b"\n" * 5_000_000 + b"</feed>",
    "5 MB of carriage returns": HEAD + ATOM + b"\r" * 5_000_000 + b"</feed>",
    "5 MB of brackets": HEAD + ATOM + b"]" * 5_000_000,
    "a million references": HEAD + ATOM + b"&lt;" * 1_000_000,
    "100 kB of prolog": HEAD + b"<!-- " + b"x" * 100_000 + b" -->" + ATOM + b"</feed>",
    "a prolog of declarations": b"<!ENTITY " * 50_000 + ATOM + b"</feed>",
    "a prolog of open brackets": b"<!DOCTYPE " + b"[" * 100_000,
    "5 MB of blanks": b" " * 5_000_000,
    "5 MB of less-than": b"<" * 5_000_000,
    "UTF-16": (HEAD + ATOM + b"</feed>").decode().encode("utf-16"),
    "UTF-16 with entities": '<!DOCTYPE feed [<!ENTITY a "b">]><feed>&a;</feed>'.encode("utf-16-le"),
    "UTF-7": b'<?xml version="1.0" encoding="UTF-7"?>' + ATOM + b"</feed>",
    "an unknown encoding": b'<?xml version="1.0" encoding="x-user-defined"?>' + ATOM + b"</feed>",
    "Latin-1": b'<?xml version="1.0" encoding="ISO-8859-1"?>' + ATOM + b"<id>caf\xe9</id></feed>",
    "not UTF-8": HEAD + ATOM + b"<id>caf\xe9</id></feed>",
    "NUL": HEAD + ATOM + b"<id>\0</id></feed>",
    "nothing": b"",
    "only blanks": b" \n ",
    "only a declaration": HEAD,
    "a web page": b"<!DOCTYPE html><html><head><title>Unicorn!</title></head><body>Oops</body></html>",
    "a web page without a type": b"<html><body><p>Oops<br></body></html>",
    "a well-formed web page": b'<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
    "JSON": b'{"message": "Not Found"}',
    "RSS": HEAD + b'<rss version="2.0"><channel><item><guid>1</guid></item></channel></rss>',
    "another Atom feed": HEAD + ATOM + b"<entry><id>urn:uuid:1</id></entry></feed>",
    "no namespace": HEAD + b"<feed><entry/></feed>",
    "cut in the middle": HEAD + ATOM + b"<entry><id>tag:github.com,2008:Repository/1/v1</id></entry><ent",
    "cut before the end": HEAD + ATOM + b"<entry><id>tag:github.com,2008:Repository/1/v1</id></entry>",
    "something after the end": HEAD + ATOM + b"</feed>" + b"<feed/>",
    "an undeclared entity": HEAD + ATOM + b"<id>&nbsp;</id></feed>",
    "an undeclared prefix": HEAD + ATOM + b"<media:x/></feed>",
}


def main() -> None:
    """Read them all in 600 MB of address space. Print for each one the seconds of CPU, the KiB by which the peak of memory
    grew, and what it is refused for."""
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))  # the end of a document that would take for ever
    resource.setrlimit(resource.RLIMIT_AS, (600 * 1024 * 1024, 600 * 1024 * 1024))
    for name, body in EVIL.items():
        peak, start = _peak(), time.process_time()
        try:
            words = f"READ {read_feed(body)}"
        except NotPlainXml as refused:
            words = str(refused)
        sys.stdout.write(f"{name}\t{time.process_time() - start:.3f}\t{_peak() - peak}\t{words}\n")


def _peak() -> int:
    """The most memory that was resident so far, in KiB."""
    kib = 1024 if sys.platform == "darwin" else 1
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // kib


if __name__ == "__main__":
    main()
