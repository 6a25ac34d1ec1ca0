"""Why a file was not taken in, as sentences."""

from types import MappingProxyType
from typing import Final

SENTENCES: Final = MappingProxyType(
    {
        "digest_mismatch": "What arrived is not what was announced: its SHA-256 differs. Send it again.",
        "type_mismatch": "The file is not of the type that was announced.",
        "polyglot": "The file can be opened as another type as well.",
        "harmful": "Something harmful was found in the file.",
        "picture_broken": "The picture does not say how large it is.",
        "picture_too_large": "The picture has too many pixels.",
        "package_broken": "The document is damaged, or stored in a way that is not read here: save it again.",
        "package_too_large": "The document has too many parts.",
        "package_ambiguous": "The document can be read in more than one way: save it again.",
        "package_bomb": "The document would become too large when it is opened.",
        "package_path": "The document holds names that lead outside of it.",
        "package_encrypted": "The document is locked with a password: remove it first.",
        "package_macro": "The document holds macros or programs: remove them first.",
        "package_nested": "The document holds other documents or archives: send them one by one.",
        "lost": "What was kept of this upload is damaged here: begin a new one.",
    }
)


def sentence(refusal: str) -> str:
    """What a person is told."""
    return SENTENCES[refusal]
