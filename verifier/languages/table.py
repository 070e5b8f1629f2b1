"""Which language a file is written in, and which module of this package reads it.

A new language is a module with `read` and `calls`, and a line here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Language:
    """A language by the names of its files."""

    name: str
    module: str
    """The module of this package that reads it, imported when the first such file is."""
    extensions: str = ""
    """Without dots, in lower case, parted by blanks."""
    files: str = ""
    """Whole file names, in lower case, parted by blanks."""
    interpreters: str = ""
    """Programs that a first line `#!...` may name."""


LANGUAGES = (
    Language("python", "python", "py pyw pyx wsgi", "sconstruct sconscript wscript", "python python2 python3 pypy3 uv"),
    Language("python-interface", "python", "pyi"),
    Language("javascript", "javascript", "js jsx mjs cjs es6", "jakefile", "node nodejs bun"),
    Language("typescript", "javascript", "ts mts cts", "", "deno ts-node tsx"),
    Language("tsx", "javascript", "tsx"),
    Language("go", "go", "go"),
    Language("rust", "rust", "rs", "", "rust-script"),
    Language("java", "java", "java"),
    Language("c", "c", "c h"),
    Language("cpp", "c", "cc cpp cxx c++ hh hpp hxx h++ ipp tpp inl cu cuh ino"),
    Language(
        "ruby",
        "ruby",
        "rb rake gemspec ru podspec",
        "gemfile rakefile vagrantfile podfile fastfile brewfile guardfile capfile berksfile",
        "ruby jruby",
    ),
    Language(
        "shell",
        "shell",
        "sh bash zsh ksh bats ebuild",
        ".bashrc .bash_profile .profile .zshrc .envrc pkgbuild",
        "sh bash zsh ksh dash ash bats",
    ),
    Language("markdown", "prose", "md markdown mdx mdown mkd qmd rmd"),
    Language("restructuredtext", "prose", "rst rest"),
    Language("asciidoc", "prose", "adoc asciidoc asc"),
    Language(
        "text",
        "prose",
        "txt text org textile wiki pod tex me",
        "readme license licence copying notice authors contributors changelog changes news history todo install "
        "maintainers codeowners thanks credits version copyright patents",
    ),
    Language("yaml", "yaml", "yaml yml", ".clang-format .clang-tidy .clangd"),
    Language("toml", "settings", "toml", "pipfile poetry.lock cargo.lock uv.lock"),
    Language(
        "ini",
        "settings",
        "ini cfg conf cnf properties desktop service timer socket editorconfig",
        ".editorconfig .gitconfig .npmrc .flake8 .pylintrc .coveragerc .pypirc .gitmodules setup.cfg",
    ),
    Language("env", "settings", "env", ".env procfile"),
    Language(
        "ignore", "settings", "", ".gitignore .dockerignore .npmignore .gitattributes .eslintignore .prettierignore"
    ),
    Language("dockerfile", "dockerfile", "dockerfile containerfile", "dockerfile containerfile"),
    Language("makefile", "makefile", "mk mak make", "makefile gnumakefile bsdmakefile kbuild justfile", "make just"),
    Language("sql", "sql", "sql ddl dml psql pgsql mysql plsql prc tab"),
    Language("php", "braces", "php phtml php5 php7", "", "php"),
    Language("csharp", "braces", "cs csx"),
    Language("kotlin", "braces", "kt kts"),
    Language("swift", "braces", "swift", "", "swift"),
    Language("scala", "braces", "scala sc sbt"),
    Language("dart", "braces", "dart"),
    Language("groovy", "braces", "groovy gradle gvy", "jenkinsfile", "groovy"),
    Language("perl", "braces", "pl pm t cgi", "", "perl"),
    Language("solidity", "braces", "sol"),
    Language("zig", "braces", "zig"),
    Language("protobuf", "braces", "proto"),
    Language("graphql", "braces", "graphql gql graphqls"),
    Language("hcl", "braces", "tf tfvars hcl nomad"),
    Language("prisma", "braces", "prisma"),
    Language("objective-c", "braces", "m mm"),
    Language("css", "marked", "css"),
    Language("scss", "marked", "scss sass less styl"),
    Language(
        "html",
        "marked",
        "html htm xhtml vue svelte astro xml xsl xsd svg plist csproj fsproj vbproj props targets jsp erb hbs",
    ),
    Language("jinja", "marked", "jinja jinja2 j2 njk twig"),
    Language("lua", "marked", "lua", "", "lua luajit"),
    Language("r", "marked", "r", ".rprofile", "rscript"),
    Language("julia", "marked", "jl", "", "julia"),
    Language("elixir", "marked", "ex exs", "", "elixir"),
    Language("erlang", "marked", "erl hrl", "", "escript"),
    Language("haskell", "marked", "hs lhs elm purs"),
    Language("ocaml", "marked", "ml mli"),
    Language("fsharp", "marked", "fs fsi fsx"),
    Language("clojure", "marked", "clj cljs cljc edn lisp el scm rkt ss cl"),
    Language("powershell", "marked", "ps1 psm1 psd1", "", "pwsh powershell"),
    Language("batch", "marked", "bat cmd"),
    Language("nix", "marked", "nix"),
    Language("cmake", "marked", "cmake", "cmakelists.txt"),
    Language("starlark", "marked", "bzl star bazel", "build workspace tiltfile build.bazel workspace.bazel"),
    Language("tcl", "marked", "tcl", "", "tclsh wish"),
    Language("fortran", "marked", "f90 f95 f03 f08"),
    Language("vimscript", "marked", "vim", ".vimrc"),
    Language("nginx", "marked", "", "nginx.conf"),
    Language("fish", "marked", "fish", "", "fish"),
    Language("awk", "marked", "awk", "", "awk gawk"),
    Language("nim", "marked", "nim"),
    Language("crystal", "marked", "cr", "", "crystal"),
    Language("assembly", "marked", "s asm"),
    Language("pip-requirements", "marked", "", "requirements.txt constraints.txt"),
    Language("jsonc", "marked", "jsonc json5 code-workspace", "tsconfig.json .eslintrc .babelrc"),
    Language("json", "generic", "json geojson webmanifest ipynb jsonl ndjson har", ".prettierrc"),
    Language("csv", "generic", "csv tsv"),
)
GENERIC = Language("unknown", "generic")

_BY_EXTENSION = {extension: language for language in LANGUAGES for extension in language.extensions.split()}
_BY_FILE = {file: language for language in LANGUAGES for file in language.files.split()}
_BY_INTERPRETER = {program: language for language in LANGUAGES for program in language.interpreters.split()}
_BY_BEGINNING = {
    "dockerfile": _BY_FILE["dockerfile"],
    "containerfile": _BY_FILE["containerfile"],
    "makefile": _BY_FILE["makefile"],
    "jenkinsfile": _BY_FILE["jenkinsfile"],
    ".env": _BY_FILE[".env"],
    "readme": _BY_FILE["readme"],
    "license": _BY_FILE["license"],
}
"""Files that are told apart behind a dot: `Dockerfile.dev`, `.env.example`."""
_REQUIREMENTS = re.compile(r"(?:^|/)(?:requirements/[\w.-]+|(?:requirements|constraints)[\w.-]*)\.txt$")
_SHEBANG = re.compile(r"\ufeff?#!\s*\S*?([\w.+-]+)(?:[ \t]+(.*))?$", re.MULTILINE)


def language_of(path: str, head: str = "") -> Language:
    """The language of a file by its name, else by its first line."""
    name = PurePosixPath(path).name.lower()
    if name in _BY_FILE:
        return _BY_FILE[name]
    if _REQUIREMENTS.search(path.lower()):
        return _BY_FILE["requirements.txt"]
    extension = name.rpartition(".")[2] if "." in name.lstrip(".") else ""
    if extension == "in" and "." in name[:-3]:  # setup.cfg.in is written like setup.cfg
        return language_of(path[:-3], head)
    if extension in _BY_EXTENSION:
        return _BY_EXTENSION[extension]
    beginning = next((start for start in _BY_BEGINNING if name.startswith(f"{start}.")), None)
    if beginning:
        return _BY_BEGINNING[beginning]
    return _by_shebang(head)


def _by_shebang(head: str) -> Language:
    match = _SHEBANG.match(head[:300])
    if match is None:
        return GENERIC
    words = [match[1], *(match[2] or "").split()]
    if words[0] == "env":
        words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
    program = words[0].rpartition("/")[2].lower() if words else ""
    return _BY_INTERPRETER.get(program) or _BY_INTERPRETER.get(re.sub(r"[\d.]+$", "", program), GENERIC)
