"""Which language a file is written in: its name, which module of this package reads it, what its files are called.

The only table of file names and extensions: what a file is for, whether a word of a sentence is a path, how a report
colours code and which module reads a text all follow from it. A new language is a module with a `READER`, and
a row here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from verifier.languages.outline import FileKind

CODE, CONFIG, PROSE, LOCK = FileKind.CODE, FileKind.CONFIG, FileKind.PROSE, FileKind.LOCK


@dataclass(frozen=True)
class Language:
    """A language by the names of its files."""

    name: str
    module: str
    """The module of this package that reads it, imported when the first such file is."""
    extensions: str = ""
    """Without dots, in lower case, parted by blanks."""
    doubtful: str = ""
    """Further extensions, which in a sentence end an attribute or a domain as often as a file: `np.r`, `a.org`."""
    files: str = ""
    """Whole file names as people write them, parted by blanks; files are known by them in any case."""
    words: str = ""
    """Further file names, which are words as well: `README`, `BUILD`."""
    interpreters: str = ""
    """Programs that a first line `#!...` may name."""
    kind: FileKind = CODE
    """What its files are for, unless where they lie or how they begin says otherwise."""
    fence: str | None = None
    """The name by which Markdown and pygments colour it, where it is another; empty where they know none."""
    folds: bool = False
    """Whether names are one where they are in NFKC: `ﬁnd` is `find`. Elsewhere NFC decides."""


LANGUAGES = (
    Language(
        "python",
        "python",
        "py pyw pyx",
        doubtful="wsgi",
        files="SConstruct SConscript wscript Snakefile",
        interpreters="python python2 python3 pypy3 uv",
        folds=True,
    ),
    Language("python-interface", "python", "pyi", fence="python", folds=True),
    Language("javascript", "javascript", "js jsx mjs cjs es6", files="Jakefile", interpreters="node nodejs bun"),
    Language("typescript", "javascript", "ts mts cts", interpreters="deno ts-node tsx"),
    Language("tsx", "javascript", "tsx"),
    Language("go", "go", "go"),
    Language("rust", "rust", "rs", interpreters="rust-script"),
    Language("java", "java", "java"),
    Language("c", "c", "c h"),
    Language("cpp", "c", "cc cpp cxx c++ hh hpp hxx h++ ipp tpp cu cuh ino", doubtful="inl"),
    Language(
        "ruby",
        "ruby",
        "rb rake gemspec podspec",
        doubtful="ru",
        files="Gemfile Rakefile Vagrantfile Podfile Fastfile Brewfile Guardfile Capfile Berksfile",
        interpreters="ruby jruby",
    ),
    Language(
        "shell",
        "shell",
        "sh bash zsh ksh bats ebuild",
        files=".bashrc .bash_profile .profile .zshrc .envrc PKGBUILD",
        interpreters="sh bash zsh ksh dash ash bats",
        fence="bash",
    ),
    Language("markdown", "prose", "md markdown mdx mdown mkd qmd rmd", kind=PROSE),
    Language("restructuredtext", "prose", "rst", doubtful="rest", kind=PROSE, fence="rst"),
    Language("asciidoc", "prose", "adoc asciidoc asc", kind=PROSE, fence=""),
    Language(
        "text",
        "prose",
        "txt textile tex",
        doubtful="text org wiki pod me",
        files="PKG-INFO CODEOWNERS .mailmap .nvmrc .python-version .ruby-version .tool-versions",
        words="README LICENSE LICENCE COPYING NOTICE AUTHORS CONTRIBUTORS CONTRIBUTING CHANGELOG CHANGES NEWS HISTORY "
        "TODO INSTALL MAINTAINERS THANKS CREDITS VERSION COPYRIGHT PATENTS",
        kind=PROSE,
        fence="",
    ),
    Language("yaml", "yaml", "yaml yml", files=".clang-format .clang-tidy .clangd", kind=CONFIG),
    Language("toml", "settings", "toml", files="Pipfile poetry.lock Cargo.lock uv.lock", kind=CONFIG),
    Language(
        "ini",
        "settings",
        "ini cfg cnf",
        doubtful="conf properties desktop service timer socket",
        files=".editorconfig .gitconfig .npmrc .flake8 .pylintrc .coveragerc .pypirc .gitmodules .bazelrc setup.cfg",
        kind=CONFIG,
    ),
    Language("env", "settings", doubtful="env", files=".env Procfile", kind=CONFIG, fence="bash"),
    Language(
        "ignore",
        "settings",
        files=".gitignore .dockerignore .npmignore .gitattributes .eslintignore .prettierignore .helmignore",
        kind=CONFIG,
        fence="",
    ),
    Language("dockerfile", "build_files", "dockerfile containerfile", files="Dockerfile Containerfile", kind=CONFIG),
    Language(
        "makefile",
        "build_files",
        "mk mak",
        doubtful="make",
        files="Makefile GNUmakefile BSDmakefile Kbuild Justfile",
        interpreters="make just",
        kind=CONFIG,
    ),
    Language("sql", "sql", "sql ddl dml plsql pgsql prc", doubtful="psql mysql tab"),
    Language("php", "braces", "php phtml php5 php7", interpreters="php"),
    Language("csharp", "braces", "cs csx"),
    Language("kotlin", "braces", "kt kts"),
    Language("swift", "braces", "swift", interpreters="swift"),
    Language("scala", "braces", "scala sbt", doubtful="sc"),
    Language("dart", "braces", "dart"),
    Language("groovy", "braces", "groovy gradle gvy", files="Jenkinsfile", interpreters="groovy"),
    Language("perl", "braces", "pl pm cgi", doubtful="t", interpreters="perl"),
    Language("solidity", "braces", "sol"),
    Language("zig", "braces", "zig"),
    Language("protobuf", "braces", "proto"),
    Language("graphql", "braces", "graphql gql graphqls"),
    Language("hcl", "braces", "tf tfvars hcl", doubtful="nomad", kind=CONFIG),
    Language("prisma", "braces", "prisma", fence=""),
    Language("objective-c", "braces", "mm", doubtful="m"),
    Language("css", "marked", "css"),
    Language("scss", "marked", "scss sass less styl"),
    Language("xml", "marked", "xml xsl xslt xsd svg plist csproj fsproj vbproj wsdl", doubtful="props targets"),
    Language("html", "markup", "html htm xhtml"),
    Language("vue", "markup", "vue", fence="html"),
    Language("svelte", "markup", "svelte", fence="html"),
    Language("astro", "markup", "astro", fence="html"),
    Language("erb", "markup", "erb rhtml", fence="html"),
    Language("ejs", "markup", "ejs", fence="html"),
    Language("jsp", "markup", "jsp jspx", fence="html"),
    Language("blade", "markup", fence="html"),
    Language("handlebars", "markup", "hbs handlebars mustache", fence="html"),
    Language("jinja", "markup", "jinja jinja2 j2 njk twig"),
    Language("lua", "marked", "lua", interpreters="lua luajit"),
    Language("r", "marked", doubtful="r", files=".Rprofile", interpreters="rscript"),
    Language("julia", "marked", "jl", interpreters="julia"),
    Language("elixir", "marked", "exs", doubtful="ex", interpreters="elixir"),
    Language("erlang", "marked", "erl hrl", interpreters="escript"),
    Language("haskell", "marked", "hs lhs elm purs"),
    Language("ocaml", "marked", "ml mli"),
    Language("fsharp", "marked", "fsi fsx", doubtful="fs"),
    Language("clojure", "marked", "clj cljs cljc edn lisp scm rkt", doubtful="el ss cl"),
    Language("powershell", "marked", "ps1 psm1 psd1", interpreters="pwsh powershell"),
    Language("batch", "marked", "bat", doubtful="cmd"),
    Language("nix", "marked", "nix"),
    Language("cmake", "marked", "cmake", files="CMakeLists.txt", kind=CONFIG),
    Language(
        "starlark",
        "marked",
        "bzl bazel",
        doubtful="star",
        files="Tiltfile BUILD.bazel WORKSPACE.bazel",
        words="BUILD WORKSPACE",
        kind=CONFIG,
        fence="python",
    ),
    Language("tcl", "marked", "tcl", interpreters="tclsh wish"),
    Language("fortran", "marked", "f90 f95 f03 f08"),
    Language("vimscript", "marked", "vim", files=".vimrc", fence="vim"),
    Language("nginx", "marked", files="nginx.conf Caddyfile", kind=CONFIG),
    Language("fish", "marked", "fish", interpreters="fish"),
    Language("awk", "marked", "awk", interpreters="awk gawk"),
    Language("nim", "marked", "nim"),
    Language("crystal", "marked", doubtful="cr", interpreters="crystal"),
    Language("assembly", "marked", "asm", doubtful="s", fence="gas"),
    Language("pip-requirements", "marked", files="requirements.txt constraints.txt", kind=CONFIG, fence=""),
    Language(
        "jsonc",
        "marked",
        "jsonc json5 code-workspace",
        files="tsconfig.json .eslintrc .babelrc",
        kind=CONFIG,
        fence="json",
    ),
    Language(
        "json",
        "json",
        "json geojson webmanifest ipynb jsonl ndjson har",
        files=".prettierrc",
        kind=CONFIG,
    ),
    Language("csv", "marked", "csv tsv", fence=""),
    Language(
        "lock",
        "marked",
        doubtful="lock lockb lockfile resolved",
        files="go.sum go.work.sum yarn.lock Gemfile.lock package-lock.json npm-shrinkwrap.json pnpm-lock.yaml "
        "packages.lock.json conda-lock.yml pip-lock.txt",
        kind=LOCK,
        fence="",
    ),
    Language("go-module", "marked", doubtful="mod", files="go.mod go.work", kind=CONFIG, fence=""),
    Language("record", "prose", "patch diff", doubtful="log bak orig rej", kind=PROSE, fence=""),
    Language("thrift", "braces", "thrift"),
    Language("avro", "marked", "avsc", fence=""),
    Language("bicep", "marked", "bicep", fence=""),
    Language("jsonnet", "marked", "jsonnet libsonnet"),
    Language("rego", "marked", "rego"),
    Language("haml", "marked", "haml"),
    Language("pug", "marked", "pug jade"),
    Language("pascal", "marked", "pas", fence="delphi"),
    Language("verilog", "marked", "sv", doubtful="v", fence="systemverilog"),
    Language("vhdl", "marked", "vhd"),
    Language("visual-basic", "marked", "vb", fence="vbnet"),
    Language("template", "marked", "tmpl tpl mako eex heex", doubtful="ftl template", fence=""),
    Language("latex", "marked", "sty bib"),
    Language("dhall", "marked", "dhall", fence="haskell"),
    Language("cypher", "marked", "cypher"),
    Language("gherkin", "marked", doubtful="feature"),
    Language("m4", "marked", doubtful="m4 pro", fence=""),
    Language("image", "marked", "gif ico jpeg jpg png webp", kind=CONFIG, fence=""),
    Language("archive", "marked", "gz jar tgz wasm whl", doubtful="zip tar map", kind=CONFIG, fence=""),
    Language("document", "marked", "pdf po sln", doubtful="sum", kind=CONFIG, fence=""),
    Language("data", "marked", "db pem pkl sqlite", doubtful="res", kind=CONFIG, fence=""),
)
GENERIC = Language("unknown", "marked", fence="")

EXTENSIONS = frozenset(extension for language in LANGUAGES for extension in language.extensions.split())
"""Extensions that make a word of a sentence a file."""
DOUBTFUL_EXTENSIONS = frozenset(extension for language in LANGUAGES for extension in language.doubtful.split())
"""Extensions that do so only where more speaks for it."""
FILES = frozenset(file for language in LANGUAGES for file in language.files.split())
"""Names of files as people write them."""
WORDS = frozenset(file for language in LANGUAGES for file in language.words.split())
"""Names of files that are words as well."""

_BY_EXTENSION = {
    extension: language
    for language in LANGUAGES
    for extension in (*language.extensions.split(), *language.doubtful.split())
}
_BY_FILE = {
    file.lower(): language for language in LANGUAGES for file in (*language.files.split(), *language.words.split())
}
_BLADE = next(language for language in LANGUAGES if language.name == "blade")
_BY_INTERPRETER = {program: language for language in LANGUAGES for program in language.interpreters.split()}
_BY_BEGINNING = tuple(
    (f"{file}{mark}", _BY_FILE[file])
    for marks, files in (
        (".", "dockerfile containerfile makefile jenkinsfile .env readme"),
        (".-_", "license licence copying"),
    )
    for file in files.split()
    for mark in marks
)
"""Files that are told apart behind a mark: `Dockerfile.dev`, `.env.example`, `LICENSE-MIT`."""
_REQUIREMENTS = re.compile(r"(?:^|/)(?:requirements/[\w.-]+|(?:requirements|constraints)[\w.-]*)\.txt$")
_SHEBANG = re.compile(r"\ufeff?#!\s*\S*?([\w.+-]+)(?:[ \t]+(.*))?$", re.MULTILINE)


def language_of(path: str, head: str = "") -> Language:
    """The language of a file by its name, else by its first line."""
    name = path.rstrip("/").rpartition("/")[2].lower()
    if name in _BY_FILE:
        return _BY_FILE[name]
    if _REQUIREMENTS.search(path.lower()):
        return _BY_FILE["requirements.txt"]
    extension = extension_of(name)
    if extension == "in" and "." in name[:-3]:  # setup.cfg.in is written like setup.cfg
        return language_of(path[:-3], head)
    if name.endswith(".blade.php"):
        return _BLADE
    if extension in _BY_EXTENSION:
        return _BY_EXTENSION[extension]
    return next((language for start, language in _BY_BEGINNING if name.startswith(start)), None) or _by_shebang(head)


def extension_of(name: str) -> str:
    """What stands behind the last dot of a file's name, in lower case; empty for `.env` and for a name without one."""
    return name.rpartition(".")[2].lower() if "." in name.lstrip(".") else ""


def fence_of(path: str) -> str:
    """The name by which Markdown and pygments colour the code of a file; empty where they know none."""
    language = language_of(path)
    return language.name if language.fence is None else language.fence


def _by_shebang(head: str) -> Language:
    match = _SHEBANG.match(head[:300])
    if match is None:
        return GENERIC
    words = [match[1], *(match[2] or "").split()]
    if words[0] == "env":
        words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
    program = words[0].rpartition("/")[2].lower() if words else ""
    return _BY_INTERPRETER.get(program) or _BY_INTERPRETER.get(re.sub(r"[\d.]+$", "", program), GENERIC)
