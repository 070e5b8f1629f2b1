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
    "yaml, a description": ("a.yaml", "description: Retries each request\nretries: 3\n", "tc"),
    "yaml, a description over lines": ("a.yaml", "summary: Retries each\n  request three times\nretries: 3\n", "ttc"),
    "yaml, a block of text": (
        "a.yaml",
        "description: |\n  # Retries\n  each request\n\n  again\nretries: 3\n",
        "ctt.tc",
    ),
    "yaml, a sentence in a list": ("a.yaml", "rules:\n  - Retry each request three times.\n  - retry\n", "ctc"),
    "yaml, a script": (".github/workflows/a.yml", "run: |\n  # pytest\n  make test\n", "c#c"),
    "yaml, open api": (
        "openapi.yaml",
        "paths:\n  /a:\n    get:\n      description: >\n        Returns 429\n        then.\n      operationId: a\n",
        "ccccttc",
    ),
    "yaml, commands and words": (
        "a.yaml",
        "run: pip install the package now please\nname: Build and test\nimage: a/b:c\non: [push]\ncron: '0 1 * * *'\n",
        "ccccc",
    ),
    "json, a description": ("a.json", '{\n  "description": "Retries each request",\n  "retries": 3\n}\n', "ctcc"),
    "json, a sentence": ("a.json", '{\n  "a": "It retries each request three times."\n}\n', "ctc"),
    "json, commands and words": (
        "package.json",
        '{\n  "test": "jest --coverage --runInBand",\n  "main": "index.js",\n  "files": ["a b c d"],\n'
        '  "query": "SELECT the name of all",\n  "name": "My First App"\n}\n',
        "ccccccc",
    ),
    "notebook": (
        "a.ipynb",
        '{\n "cells": [\n  {\n   "cell_type": "markdown",\n   "source": [\n    "# A\\n",\n    "x = 1"\n   ]\n  },\n'
        '  {\n   "cell_type": "code",\n   "outputs": [\n    "done"\n   ],\n   "source": [\n    "# retry\\n",\n'
        '    "retry(3)"\n   ]\n  }\n ]\n}\n',
        "cccccttccccctcc#ccccc",
    ),
    "toml, a description": ("a.toml", 'description = "Retries each request"\nretries = 3\n', "tc"),
    "messages": ("a.properties", "error.late=Please try again in some minutes.\nerror.code=42\n", "tc"),
    "log": ("a.log", "retry(3)\n", "t"),
    "patch": ("a.patch", "+retry(3)\n", "t"),
    "backup": ("a.py.bak", "retry(3)\n", "t"),
    "markdown": ("README.md", "# A\n\ntext\n```python\nx = 1  # b\n```\n", "t.tttt"),
    "plain text": ("LICENSE", "Apache\n\nLicense\n", "t.t"),
    "requirements": ("requirements-dev.txt", "# a\nb==1\n", "#c"),
    "unknown": ("a.unheard", "# a\n\nb\n// c\n/* d\ne */\n-- f\n;; g\n<!-- h -->\n", "#.c######"),
    "unknown, not comments": ("a.unheard", "#include <a>\n#fff\n--flag\n//host/path\n/usr/bin\n;\n%s\n", "ccccccc"),
    "rust, nested": ("a.rs", "/* a /* b */\nc */\nfn d() {}\n", "##c"),
    "kotlin, nested": ("a.kt", "/* a /* b */\nc */\nfun d() {}\n", "##c"),
    "swift, nested": ("a.swift", "/* a /* b */\nc */\nfunc d() {}\n", "##c"),
    "scala, nested": ("a.scala", "/* a /* b */\nc */\nval d = 1\n", "##c"),
    "dart, nested": ("a.dart", "/* a /* b */\nc */\nint d = 1;\n", "##c"),
    "java, not nested": ("A.java", "/* a /* b */\nclass c {}\n", "#c"),
    "c#, not nested": ("A.cs", "/* a /* b */\nclass c {}\n", "#c"),
    "haskell, nested": ("a.hs", "{- a {- b -}\nc -}\nd = 1\n", "##c"),
    "ocaml, nested": ("a.ml", "(* a (* b *)\nc *)\nlet d = ( * )\n", "##c"),
    "scheme, nested": ("a.scm", "#| a #| b |#\nc |#\n(d)\n", "##c"),
    "vue": (
        "a.vue",
        "<!-- a -->\n<p>// b</p>\n<script>\n// c\nd() // e\n/* f */\n</script>\n<style>\n/* g */\n.h {}\n</style>\n",
        "#cc#c#cc#cc",
    ),
    "svelte": ("a.svelte", '<script lang="ts">\n// a\nb();\n</script>\n{#if c}\n<!-- d -->\n{/if}\n', "c#ccc#c"),
    "astro": ("a.astro", "---\n// a\nconst b = 1;\n---\n<p>// c</p>\n", "c#ccc"),
    "html with a script": ("a.html", "<p>/* a */</p>\n<script>\n/* b\nc */\nd('// e');\n</script>\n", "cc##cc"),
    "django": ("a.html", "{# a #}\n{% comment %}\nb\n{% endcomment %}\n<p>c</p>\n", "####c"),
    "jinja": ("a.j2", "{# a\nb #}\nc\n", "##c"),
    "erb": ("a.erb", "<%# a %>\n<%\n# b\nc\n%>\n<%= d # e %>\n<p># f</p>\n", "#c#cccc"),
    "ejs": ("a.ejs", "<%# a %>\n<%\n// b\nc();\n%>\n<p>// d</p>\n", "#c#ccc"),
    "jsp": ("a.jsp", "<%-- a\nb --%>\n<%\n// c\nd();\n%>\n", "##c#cc"),
    "blade": ("a.blade.php", "{{-- a\nb --}}\n@php\n// c\n$d = 1;\n@endphp\n<p># e</p>\n", "##c#ccc"),
    "handlebars": ("a.hbs", "{{!-- a {{b}} --}}\n{{! c }}\n{{d}}\n", "##c"),
    "xml": ("a.xml", "<!-- a -->\n<script>// b</script>\n", "#c"),
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
