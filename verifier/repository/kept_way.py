"""In which way the texts of a repository are read: what is kept of them holds for one way."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from pathlib import Path

from verifier import languages
from verifier.repository import decoding, snapshot
from verifier.safety import redacting, secrets
from verifier.system import kept_answers
from verifier.values import source


@cache
def way() -> str:
    """SHA-256 of the programs that say what is read of a text: where one changes, everything is read anew."""
    read_by = hashlib.sha256(sys.version.encode())
    programs = [Path(str(one.__file__)) for one in (redacting, secrets, decoding, snapshot, source, kept_answers)]
    folders = (Path(__file__).parent.glob("kept_*.py"), Path(str(languages.__file__)).parent.glob("*.py"))
    for program in (*programs, *(path for each in folders for path in sorted(each))):
        read_by.update(program.read_bytes())
    for grammars in (sorted(Path(folder).glob("tree_sitter*-info")) for folder in sys.path if folder):
        read_by.update("\n".join(each.name for each in grammars).encode("utf-8", "replace"))
    return read_by.hexdigest()
