"""Office packages are zip files: what their directory says is looked at, and nothing is ever unpacked.

Refused is what two programs could unpack differently or what unpacking would not survive: entries that overlap, a
directory that is not the whole story, names that lead elsewhere, ratios no document has, and what can run.
"""

import re
import stat
import struct
import zipfile
from typing import IO, Final

from services.gateway.files.kinds import ZIP

TAIL_BYTES: Final = 65_557
"""The longest end of a directory with the longest comment."""
MOST_ENTRIES: Final = 2_000
LARGEST_DIRECTORY: Final = 1_048_576
MOST_UNPACKED: Final = 1_073_741_824
HIGHEST_RATIO: Final = 200
SMALL: Final = 1_048_576
"""Below this, a ratio says nothing: an empty sheet is all repetition."""
LARGEST_GAP: Final = 64
"""Between entries; a writer that streams says afterwards how long one was."""
_END: Final = struct.Struct("<4s4H2LH")
_END_SIGNATURE: Final = b"PK\x05\x06"
_ENTRY_SIGNATURE: Final = b"PK\x01\x02"
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_ENCRYPTED: Final = 0x1
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_RUNS: Final = re.compile(
    r"(^|/)(vbaproject[^/]*|vbadata[^/]*|[^/]*\.(bas|cls|frm|vbs|js|jse|exe|dll|com|scr|bat|cmd|ps1|msi|jar|hta|lnk))$"
    r"|(^|/)(activex|macrosheets|dialogsheets|basic|scripts|macros)/"
)
_NESTED: Final = re.compile(
    r"\.(zip|7z|rar|gz|tgz|bz2|xz|zst|tar|cab|iso|arj|lzh|docx|docm|dotm|xlsx|xlsm|xlsb|xltm|pptx|pptm|odt|ods|odp)$"
    r"|(^|/)oleobject[^/]*\.bin$"
)
_MAIN: Final = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "word/document.xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xl/workbook.xml",
    "application/vnd.oasis.opendocument.text": "content.xml",
}


def refusal_of_package(file: IO[bytes], size: int, media_type: str) -> str | None:
    """Why this package is not taken in, as a code; None where nothing is wrong with it."""
    end = _end_of(file, size)
    if end is None:
        return "package_broken"
    if end.entries > MOST_ENTRIES or end.size > LARGEST_DIRECTORY:
        return "package_too_large"
    try:
        entries = zipfile.ZipFile(file).infolist()
        if len(entries) != end.entries:
            return "package_ambiguous"
        return (
            _wrong_together(entries, size)
            or _wrong_place(file, entries, end.start)
            or next(filter(None, map(_wrong_entry, entries)), None)
            or _wrong_kind({entry.filename for entry in entries}, media_type)
        )
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error, OverflowError):
        return "package_broken"


def holds_package(tail: bytes, size: int) -> bool:
    """Whether a file that is said to be something else could be opened as a package too."""
    at = tail.rfind(_END_SIGNATURE)
    while at >= 0:
        if at + _END.size <= len(tail):
            _, _, _, _, entries, directory, _, _ = _END.unpack_from(tail, at)
            begins = at - directory
            inside = begins < 0 and directory < size  # its directory begins before what we look at
            if entries and (inside or tail[begins : begins + 4] == _ENTRY_SIGNATURE):
                return True
        at = tail.rfind(_END_SIGNATURE, 0, at)
    return False


class _End:
    """The end of a directory: the one place that says where everything else is."""

    def __init__(self, entries: int, size: int, start: int) -> None:
        self.entries, self.size, self.start = entries, size, start


def _end_of(file: IO[bytes], size: int) -> _End | None:
    file.seek(max(0, size - TAIL_BYTES))
    tail = file.read(TAIL_BYTES)
    at = tail.rfind(_END_SIGNATURE)
    if at < 0 or at + _END.size > len(tail):
        return None
    _, disk, first_disk, here, entries, directory, start, comment = _END.unpack_from(tail, at)
    place = size - len(tail) + at
    whole = place + _END.size + comment == size and start + directory == place
    alone = disk == first_disk == 0 and here == entries and entries > 0
    return _End(entries, directory, start) if whole and alone else None  # zip64 has other numbers here


def _wrong_together(entries: list[zipfile.ZipInfo], size: int) -> str | None:
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MOST_UNPACKED or unpacked > max(SMALL, size * HIGHEST_RATIO):
        return "package_bomb"
    if any(e.file_size > max(SMALL, e.compress_size * HIGHEST_RATIO) for e in entries):
        return "package_bomb"
    names = {entry.filename.casefold() for entry in entries}
    return "package_ambiguous" if len(names) < len(entries) else None


def _wrong_place(file: IO[bytes], entries: list[zipfile.ZipInfo], directory: int) -> str | None:
    """Entries lie one behind the other, from the first byte to the directory, and are called there as here."""
    place = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < place:
            return "package_bomb"
        if entry.header_offset > place + (LARGEST_GAP if place else 0):
            return "package_ambiguous"
        file.seek(entry.header_offset)
        head = file.read(_LOCAL.size)
        signature, _, _, method, _, _, _, _, _, named, extra = _LOCAL.unpack(head)
        if signature != ZIP or method != entry.compress_type or file.read(named) != _raw_name(entry):
            return "package_ambiguous"
        place = entry.header_offset + _LOCAL.size + named + extra + entry.compress_size
    if place > directory:
        return "package_bomb"
    return "package_ambiguous" if directory > place + LARGEST_GAP else None


def _raw_name(entry: zipfile.ZipInfo) -> bytes:
    return entry.orig_filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437")


def _wrong_entry(entry: zipfile.ZipInfo) -> str | None:
    name = entry.orig_filename
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or "\\" in name or ":" in name or any(c < " " for c in name):
        return "package_path"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "package_path"
    if entry.flag_bits & _ENCRYPTED:
        return "package_encrypted"
    if entry.compress_type not in _METHODS:
        return "package_broken"
    if _RUNS.search(name.casefold()):
        return "package_macro"
    return "package_nested" if _NESTED.search(name.casefold()) else None


def _wrong_kind(names: set[str], media_type: str) -> str | None:
    main = _MAIN[media_type]
    others = {name for kind, name in _MAIN.items() if kind != media_type and "/" in name} & names
    if main not in names or (others and "/" in main):
        return "type_mismatch"
    return "type_mismatch" if "/" in main and "[Content_Types].xml" not in names else None
