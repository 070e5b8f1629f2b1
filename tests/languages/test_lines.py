"""What kind of text each line is."""

from __future__ import annotations

import pytest

from verifier.languages import LineKind, read_source

LETTERS = {
    LineKind.CODE: "c",
    LineKind.COMMENT: "#",
    LineKind.DOCSTRING: "d",
    LineKind.BLANK: ".",
    LineKind.TEXT: "t",
}


def kinds(path: str, text: str) -> str:
    """One letter a line."""
    return "".join(LETTERS[kind] for kind in read_source(path, text).kinds)


CASES = {
    "python, code and comments": ("a.py", "# a\n\nx = 1\nx = 2  # b\n", "#.cc"),
    "python, docstrings": (
        "a.py",
        '"""Module."""\nclass A:\n    """Class.\n\n    More.\n    """\n    def b(self):\n        '
        '"""Method."""\n        return 1\n',
        "dcd.ddcdc",
    ),
    "python, docstring of an attribute": ("a.py", 'A = 1\n"""Why."""\n', "cd"),
    "python, assigned docstring": ("a.py", '__doc__ = """\nabc\n"""\n', "cdd"),
    "python, string that is a value": ("a.py", 'A = """\n# no comment\n"""\n', "ccc"),
    "python, string that is an argument": ("a.py", 'f(\n    """\n    text\n    """\n)\n', "ccccc"),
    "python, hash in a string": ("a.py", 'A = "# no"\n', "c"),
    "python, docstring on the line of its function": ("a.py", 'def a(): "says"\n', "c"),
    "python, docstring beside a comment": ("a.py", 'def a():\n    "says"  # so\n    b()\n', "cdc"),
    "python, f-string statement": ("a.py", "def a():\n    f'{b()}'\n", "cc"),
    "python, broken": ("a.py", 'def a(:\n    # b\n    """c\n', "c#c"),
    "python, form feed": ("a.py", "\x0c\nx = 1\n", ".c"),
    "python, shebang": ("a.py", "#!/usr/bin/env python\nx = 1", "#c"),
    "by shebang": ("bin/tool", "#!/usr/bin/env -S python3 -u\n# a\nx = 1", "##c"),
    "js": ("a.js", "// a\n/* b\n   c */\nx(); // d\n/* e */ y();\n", "###cc"),
    "js, template": ("a.js", "const a = `\n// no comment\n`;\n", "ccc"),
    "js, regular expression": ("a.js", "const a = /\\/*x/;\nb();\n", "cc"),
    "jsx, comment": ("a.jsx", "const a = (\n  <p>\n    {/* b */}\n    text\n  </p>\n);\n", "cc#ccc"),
    "ts": ("a.ts", "/** Doc.\n */\nexport type A = string;\n", "##c"),
    "go": ("a.go", "// Package a\npackage a\n\n/* b */\nvar c = `\n// no\n`\n", "#c.#ccc"),
    "rust": ("a.rs", "//! crate\n/// doc\nfn a() {}\n/* b /* nested */\n c */\n", "##c##"),
    "rust, doc attribute": ("a.rs", '#[doc = "says"]\nfn a() {}\n', "dc"),
    "rust, lifetimes": ("a.rs", "fn a<'a>(b: &'a str) {} // c\n// d\n", "c#"),
    "java": ("A.java", "/** Doc. */\nclass A { // b\n  // c\n}\n", "#c#c"),
    "c": ("a.c", "/* a */\n#include <b.h>\nint c; // d\n// e\n", "#cc#"),
    "c, compiled out": ("a.c", "#if 0\nint a;\n#endif\nint b;\n", "###c"),
    "c++": ("a.hpp", "// a\nclass B {};\n", "#c"),
    "ruby": ("a.rb", "# a\n=begin\nb\n=end\nc = 1\n__END__\nd\n", "####cc#"),
    "shell": ("a.sh", "#!/bin/sh\n# a\necho ${#b} # c\necho 'x\n# no comment\n'\n", "##cccc"),
    "sql": ("a.sql", "-- a\nselect '--' /* b */;\n/* c\n d */\n", "#c##"),
    "dockerfile": ("Dockerfile", "# a\nFROM b # no comment here\n", "#c"),
    "dockerfile by its beginning": ("deploy/Dockerfile.dev", "# a\nFROM b\n", "#c"),
    "makefile": ("Makefile", "# a\nb: c\n\td\n", "#cc"),
    "yaml": ("a.yml", "# a\nb: 1 # c\nd: |\n  # text\n  e\n# f\n", "#cccc#"),
    "toml": ("a.toml", '# a\n[b]\nc = """\n# text\n"""\n', "#cccc"),
    "ini": ("a.ini", "; a\n# b\n[c]\nd = 1\n", "##cc"),
    "env": (".env.example", "# a\nB=1\n", "#c"),
    "html": ("a.html", "<!-- a\n b -->\n<p>c</p>\n", "##c"),
    "css": ("a.css", "/* a */\nb { c: url(//d) }\n", "#c"),
    "php": ("a.php", "<?php\n// a\n# b\n/* c */\n$d = '// no';\n", "c###c"),
    "c#": ("A.cs", '/// <summary>a</summary>\nclass B { string c = @"\\"; }\n// d\n', "#c#"),
    "kotlin": ("a.kt", "// a\nfun b() = 1\n", "#c"),
    "swift": ("a.swift", "/* a */\nfunc b() {}\n", "#c"),
    "lua": ("a.lua", "--[[ a\nb ]]\n-- c\nd()\n", "###c"),
    "perl": ("a.pl", "# a\n=head1 B\n\nc\n\n=cut\nd();\n", "##.#.#c"),
    "terraform": ("a.tf", '# a\n// b\nresource "c" "d" {}\n', "##c"),
    "elixir": ("a.ex", '@doc """\na\n"""\ndef b, do: 1\n', "dddc"),
    "json": ("a.json", '{\n  "a": 1\n}\n', "ccc"),
    "markdown": ("README.md", "# A\n\ntext\n```python\nx = 1  # b\n```\n", "t.tttt"),
    "plain text": ("LICENSE", "Apache\n\nLicense\n", "t.t"),
    "requirements": ("requirements-dev.txt", "# a\nb==1\n", "#c"),
    "unknown": ("a.unheard", "# a\n\nb\n", "c.c"),
    "windows line ends": ("a.py", "# a\r\n\r\nx = 1\r\n", "#.c"),
    "byte order mark": ("a.py", "\ufeff# a\nx = 1\n", "#c"),
    "wide blanks": ("a.py", "\u3000\nx = 1\n", ".c"),
    "other scripts": ("a.py", "# комментарий\nимя = 'значение'\n", "#c"),
    "no lines": ("a.py", "", ""),
    "one line end": ("a.py", "\n", "."),
}


@pytest.mark.parametrize(("path", "text", "expected"), CASES.values(), ids=CASES.keys())
def test_each_line_has_its_kind(path: str, text: str, expected: str) -> None:
    assert kinds(path, text) == expected


@pytest.mark.parametrize("separator", ["\x0b", "\x0c", "\x1c", "\x1d", "\x85", "\u2028", "\u2029", "\r"], ids=repr)
@pytest.mark.parametrize("path", ["a.py", "a.js", "a.md", "a.yaml", "a.sql", "a.unheard"])
def test_a_line_ends_at_lf_and_crlf_and_nowhere_else(path: str, separator: str) -> None:
    assert len(read_source(path, f"a{separator}b\nc\r\nd").kinds) == 3
