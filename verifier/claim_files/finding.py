"""Which claim files a command is about, and what a claim file is called by whoever reads of it elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from verifier.errors import ClaimError
from verifier.repository.folders import upwards

SUFFIXES = (".yaml", ".yml")
DEFAULT_FOLDER = "claims"


def find_claim_files(paths: Sequence[Path], root: Path) -> tuple[Path, ...]:
    """The claim files named, each once: a file is itself, a folder its YAML files, nothing at all is `claims/`.

    That is looked for in the folder `root` and then above it, as far as its repository goes.

    Raises:
        ClaimError: A path is not there, or a folder holds no claim file.
    """
    if not paths:
        found = default_claim_files(root)
        if not found:
            folder = root / DEFAULT_FOLDER
            raise ClaimError(
                f"no {folder}/*.yaml here or above; name a claim file, or begin one: "
                f"verifier claims new {folder}/first.yaml --statement TEXT"
            )
        return found
    return tuple(dict.fromkeys(file for path in paths for file in _named(root / path)))


def default_claim_files(folder: Path) -> tuple[Path, ...]:
    """The YAML files of the nearest `claims/` that has some, from the folder upwards; none where there is no such."""
    return tuple(_files_of(home_folder(folder) / DEFAULT_FOLDER))


def home_folder(folder: Path = Path()) -> Path:
    """Where verifier's own things are, seen from a folder: the nearest one upwards that has claim files in `claims/`.

    The root of the repository where none has; the folder itself where it is in no repository.
    """
    above = tuple(upwards(folder))
    return next((one for one in above if any(_files_of(one / DEFAULT_FOLDER))), above[-1])


def journal_place() -> Path:
    """Where the journal is that the current folder's runs share."""
    return home_folder() / ".verifier" / "journal.sqlite"


def shown_path(path: Path) -> str:
    """The claim file as a reader elsewhere would name it: below its repository, else by its last two names.

    It does not depend on the current folder, so that a replay from elsewhere gives the same report.
    """
    resolved = path.resolve()
    root = next((folder for folder in resolved.parents if (folder / ".git").exists()), None)
    if root is None or "site-packages" in resolved.parts:
        return "/".join(resolved.parts[-2:])
    return resolved.relative_to(root).as_posix()


def is_same_file(one: str, other: str) -> bool:
    """Whether two paths of claim files may be the same file, named from different folders."""
    ours, theirs = PurePosixPath(one).parts, PurePosixPath(other).parts
    common = min(len(ours), len(theirs))
    return ours[-common:] == theirs[-common:]


def _named(path: Path) -> Iterator[Path]:
    if path.is_dir():
        files = tuple(_files_of(path))
        if not files:
            raise ClaimError(f"{path}: no .yaml file in this folder; name another, or the file itself")
        yield from files
    elif path.exists():
        yield path
    else:
        beside = [other.name for other in _files_of(path.parent)]
        near = get_close_matches(path.name, beside, n=1)
        way_out = f'did you mean "{path.parent / near[0]}"?' if near else "name one that is there"
        raise ClaimError(f"{path}: no such claim file; {way_out}")


def _files_of(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(
            entry
            for entry in folder.iterdir()
            if entry.suffix in SUFFIXES and not entry.name.startswith(".") and entry.is_file()
        )
