"""Decode what a blob holds: text in UTF-8, or in the encoding that its first bytes mark; or why it is none."""

from __future__ import annotations

import codecs
import enum
from pathlib import PurePosixPath


class Nature(enum.StrEnum):
    """What a path holds. Only text is ever read, shown or searched."""

    TEXT = "text"
    BINARY = "binary"
    """A picture, a sound, a font, an archive: no source that a search could find."""
    UNREADABLE = "binary, of no known format"
    LFS = "Git LFS pointer"
    SYMLINK = "symlink"
    SUBMODULE = "submodule"
    TOO_LARGE = "too large"
    MISSING = "not in this clone"


def decode(content: bytes) -> tuple[Nature, str]:
    """What a blob holds, and its text where it is text.

    Without a mark it is UTF-8, in which what is none is replaced. UTF-16 and UTF-32 are read where their mark stands.
    """
    if content.startswith(b"version https://git-lfs") and len(content) < 1024:
        return Nature.LFS, ""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    if encoding is None:
        if b"\0" in content[:_HEAD]:
            return _nature_of_bytes(content), ""
        return Nature.TEXT, content.decode("utf-8", "replace").removeprefix("\ufeff")
    text = content.decode(encoding, "replace")
    if "\0" in text[:_HEAD] or text.count("\ufffd") * _MOST_FAULTS > len(text):
        return _nature_of_bytes(content), ""
    return Nature.TEXT, text


def is_media(path: str) -> bool:
    """Whether a file of this name is a picture, a sound, a film or a font."""
    return PurePosixPath(path).suffix.lower() in _MEDIA


_HEAD = 8000
"""Bytes or characters in which a NUL says that it is no text, as git has it."""

_MOST_FAULTS = 100
"""Of text that is marked one character in so many may be wrong: what has the mark by chance has more."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as that of UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"\0\0\1\0", b"\0\0\2\0", b"II*\0", b"MM\0*", b"8BPS")
_SOUNDS_AND_FILMS = (
    b"RIFF",
    b"ID3",
    b"\xff\xfb",
    b"\xff\xf3",
    b"\xff\xf2",
    b"OggS",
    b"fLaC",
    b"MThd",
    b"\x1a\x45\xdf\xa3",
)
_FONTS = (b"wOFF", b"wOF2", b"OTTO", b"\0\1\0\0\0", b"ttcf")
_COMPRESSED = (
    *(
        b"PK\3\4",
        b"PK\5\6",
        b"\x1f\x8b",
        b"BZh",
        b"\xfd7zXZ\0",
        b"7z\xbc\xaf",
        b"\x28\xb5\x2f\xfd",
        b"\x04\x22\x4d\x18",
    ),
    *(b"Rar!", b"%PDF-"),
)
_SIGNATURES = ((0, _PICTURES + _SOUNDS_AND_FILMS + _FONTS + _COMPRESSED), (4, (b"ftyp",)))
"""How what holds no source begins, and at which byte.

Source: "List of file signatures", en.wikipedia.org."""


def _nature_of_bytes(content: bytes) -> Nature:
    known = any(content.startswith(signatures, at) for at, signatures in _SIGNATURES)
    return Nature.BINARY if known else Nature.UNREADABLE


_MEDIA_ENDINGS = (
    "png jpg jpeg gif bmp ico webp avif tif tiff psd heic mp3 wav ogg flac m4a aac mid mp4 mov avi mkv webm "
    "ttf otf woff woff2 eot ttc"
)
_MEDIA = frozenset(f".{ending}" for ending in _MEDIA_ENDINGS.split())
