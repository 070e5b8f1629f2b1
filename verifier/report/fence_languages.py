"""Which name a block of code of a file carries, so that it is coloured where the report is shown."""

from __future__ import annotations

from pathlib import PurePosixPath

_BY_NAME = {"dockerfile": "dockerfile", "containerfile": "dockerfile", "makefile": "makefile"}

_BY_SUFFIX = {
    ".bash": "bash",
    ".c": "c",
    ".cc": "cpp",
    ".cpp": "cpp",
    ".cs": "csharp",
    ".css": "css",
    ".cxx": "cpp",
    ".dockerfile": "dockerfile",
    ".go": "go",
    ".h": "c",
    ".hpp": "cpp",
    ".html": "html",
    ".ini": "ini",
    ".java": "java",
    ".js": "javascript",
    ".json": "json",
    ".jsx": "jsx",
    ".kt": "kotlin",
    ".lua": "lua",
    ".md": "markdown",
    ".mjs": "javascript",
    ".php": "php",
    ".py": "python",
    ".pyi": "python",
    ".rb": "ruby",
    ".rs": "rust",
    ".scala": "scala",
    ".sh": "bash",
    ".sql": "sql",
    ".swift": "swift",
    ".toml": "toml",
    ".ts": "typescript",
    ".tsx": "tsx",
    ".xml": "xml",
    ".yaml": "yaml",
    ".yml": "yaml",
}


def fence_language(path: str) -> str:
    """The language's name for a file's code; empty where the file's name does not tell."""
    name = PurePosixPath(path.lower())
    return _BY_NAME.get(name.name) or _BY_NAME.get(name.stem) or _BY_SUFFIX.get(name.suffix, "")
