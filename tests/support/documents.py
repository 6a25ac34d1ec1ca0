"""Small files of each kind that is taken in, and what somebody hostile would make of them."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Mapping

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
TIFF = b"II*\0\x08\0\0\0" + b"\0" * 32
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 32
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
WORD = {"[Content_Types].xml": b"<Types/>", "_rels/.rels": b"<x/>", "word/document.xml": b"<w:document/>"}
SHEET = {"[Content_Types].xml": b"<Types/>", "_rels/.rels": b"<x/>", "xl/workbook.xml": b"<workbook/>"}


def png(width: int = 1, height: int = 1, behind: bytes = b"") -> bytes:
    """A picture that says it is of this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    header = struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
        + behind
    )


def jpeg(width: int = 1, height: int = 1, *, metadata: int = 0) -> bytes:
    """The same, with so many segments of metadata before it says so."""
    segment = b"\xff\xe1" + struct.pack(">H", 65_000) + b"e" * 64_998
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 8, 8, height, width, 1)
    return b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" + segment * metadata + frame + b"\xff\xd9"


def package(entries: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file with these entries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            made.writestr(info, content)
    return buffer.getvalue()


def docx(more: Mapping[str, bytes] | None = None) -> bytes:
    """A document, with these further entries."""
    return package(WORD | dict(more or {}))


def xlsx(more: Mapping[str, bytes] | None = None) -> bytes:
    """A workbook, likewise."""
    return package(SHEET | dict(more or {}))


def odt(more: Mapping[str, bytes] | None = None) -> bytes:
    """A document of the other kind, likewise."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(zipfile.ZipInfo("mimetype"), ODT)
        for name, content in ({"content.xml": b"<x/>", "META-INF/manifest.xml": b"<x/>"} | dict(more or {})).items():
            made.writestr(name, content)
    return buffer.getvalue()


GOOD: Mapping[str, bytes] = {
    "application/pdf": PDF,
    "image/png": png(),
    "image/jpeg": jpeg(640, 480),
    "image/tiff": TIFF,
    "image/heic": HEIC,
    DOCX: docx(),
    XLSX: xlsx(),
    ODT: odt(),
    "text/plain": "Siân Ó Briain wrote this.\n".encode(),
    "text/csv": b"name,town\r\n=1+1,\xe9vora\r\n",
}


def overlapping() -> bytes:
    """A bomb without nesting: many entries of the directory name the same few bytes."""
    whole = package({"a.xml": random.Random(1).randbytes(15_000)} | WORD)
    end = whole.rindex(b"PK\x05\x06")
    _, _, _, _, entries, size, start, _ = struct.unpack_from("<4s4H2LH", whole, end)
    directory = whole[start : start + size]
    first = directory[: directory.index(b"PK\x01\x02", 4)]
    again = b"".join(first.replace(b"a.xml", f"{n:05d}".encode()) for n in range(50))
    count = entries + 50
    closing = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, size + len(again), start, 0)
    return whole[:start] + directory + again + closing


def renamed(entry: str, local: str) -> bytes:
    """A document in which an entry is called one thing in the directory and another where it lies."""
    whole = docx({entry: b"<x/>"})
    return whole.replace(entry.encode(), local.encode(), 1)


def linked() -> bytes:
    """A document with a symbolic link in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content in WORD.items():
            made.writestr(name, content)
        link = zipfile.ZipInfo("word/link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        made.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def encrypted() -> bytes:
    """A document that says one of its entries is encrypted."""
    whole = bytearray(docx({"word/secret.xml": b"<x/>"}))
    entry = whole.rindex(b"PK\x01\x02")
    whole[entry + 8] |= 1
    return bytes(whole)


def counted(entries: int) -> bytes:
    """A document with so many entries."""
    return docx({f"word/media/{n}.xml": b"" for n in range(entries)})


HOSTILE: Mapping[str, tuple[str, bytes, str]] = {
    "an svg that is said to be a png": ("image/png", SVG, "type_mismatch"),
    "an svg that is said to be text": ("text/plain", SVG, "type_mismatch"),
    "a page that is said to be text": ("text/plain", b"\xef\xbb\xbf \n" + HTML, "type_mismatch"),
    "a page that is said to be a table": ("text/csv", HTML, "type_mismatch"),
    "a program that is said to be a pdf": ("application/pdf", b"MZ\x90\0" + PDF, "type_mismatch"),
    "a program that is said to be text": ("text/plain", b"MZ\x90\0" + b"\0" * 100, "type_mismatch"),
    "a pdf that does not begin as one": ("application/pdf", b"\n" + PDF, "type_mismatch"),
    "a png that is said to be a jpeg": ("image/jpeg", png(), "type_mismatch"),
    "a pdf that is a package too": ("application/pdf", PDF + package({"x.class": b"x"}), "polyglot"),
    "a picture that is a package too": ("image/jpeg", jpeg() + package({"x.class": b"x"}), "polyglot"),
    "a picture with a package and a comment": ("image/png", png(behind=package({"x": b"x"}) + b"\0" * 9), "polyglot"),
    "a text that is a package too": ("text/plain", b"hello\n" + package({"x.class": b"x"}, method=0), "type_mismatch"),
    "a picture of too many pixels": ("image/png", png(100_000, 100_000), "picture_too_large"),
    "a photograph of too many pixels": ("image/jpeg", jpeg(65_000, 65_000), "picture_too_large"),
    "a picture without a size": ("image/png", b"\x89PNG\r\n\x1a\n" + b"\0" * 30, "picture_broken"),
    "a photograph without a frame": ("image/jpeg", b"\xff\xd8\xff\xe0\0\1\0", "picture_broken"),
    "the test string": ("text/plain", EICAR, "harmful"),
    "the test string between pieces": ("text/plain", b"a" * 65_500 + EICAR, "harmful"),
    "a bomb": (DOCX, docx({"word/bomb.xml": b"\0" * 50_000_000}), "package_bomb"),
    "a bomb of one deep entry": (XLSX, xlsx({"xl/bomb.xml": b"\0" * 2_000_000}), "package_bomb"),
    "a bomb that overlaps": (DOCX, overlapping(), "package_bomb"),
    "a name that climbs": (DOCX, docx({"../../etc/cron.d/x": b"x"}), "package_path"),
    "a name from the root": (DOCX, docx({"/etc/passwd": b"x"}), "package_path"),
    "a name of another system": (DOCX, docx({"..\\..\\x": b"x"}), "package_path"),
    "a name on a drive": (DOCX, docx({"c:x": b"x"}), "package_path"),
    "a link": (DOCX, linked(), "package_path"),
    "a package in a package": (DOCX, docx({"word/embeddings/more.zip": package({"a": b"a"})}), "package_nested"),
    "an object in a document": (DOCX, docx({"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0"}), "package_nested"),
    "a document with macros": (DOCX, docx({"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), "package_macro"),
    "a workbook with macros": (XLSX, xlsx({"xl/macrosheets/sheet1.xml": b"<x/>"}), "package_macro"),
    "another document with macros": (ODT, odt({"Basic/Standard/Module1.xml": b"<x/>"}), "package_macro"),
    "a document with a program": (DOCX, docx({"word/media/setup.EXE": b"MZ"}), "package_macro"),
    "an encrypted entry": (DOCX, encrypted(), "package_encrypted"),
    "one entry twice": (DOCX, docx({"WORD/document.xml": b"<x/>"}), "package_ambiguous"),
    "an entry with two names": (DOCX, renamed("word/aaaa.xml", "word/bbbb.xml"), "package_ambiguous"),
    "a package behind a program": (DOCX, b"MZ\x90\0" + docx(), "type_mismatch"),
    "a package behind nothing": (DOCX, docx()[:4] + b"\0" * 100 + docx(), "package_broken"),
    "a package with something behind": (DOCX, docx() + b"behind", "package_broken"),
    "too many entries": (DOCX, counted(2_100), "package_too_large"),
    "half a package": (DOCX, docx()[:-30], "package_broken"),
    "any package": (DOCX, package({"a.txt": b"a"}), "type_mismatch"),
    "a workbook that is said to be a document": (DOCX, xlsx(), "type_mismatch"),
    "a document that is a workbook too": (DOCX, docx({"xl/workbook.xml": b"<x/>"}), "type_mismatch"),
    "a document of the other kind": (DOCX, odt(), "type_mismatch"),
}
"""What it is, what it is said to be, the bytes, and why it is refused."""
