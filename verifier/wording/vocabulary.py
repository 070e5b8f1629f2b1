"""The words that decide whether a token of a sentence is a file, a name in code, or plain English."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text as a set: shorter to read than a list of strings."""
    return frozenset(text.split())


EXTENSIONS = words(
    """adoc asm avsc awk bash bat bazel bib bicep c cc cfg cjs clj cmake cmd conf cpp cs css csv cxx dart dhall
    dockerfile edn ejs el eex elm erb erl ex exs feature fish fs ftl gemspec gif go gql gradle graphql groovy h haml hbs
    hcl hh hpp hrl hs html htm hxx ico ini ino ipynb j2 jade jar java jinja jinja2 jl jpg jpeg js json json5 jsonc jsonl
    jsonnet jsp jsx ksh kt kts less lock lua m4 mako markdown md mdx mjs mk ml mli mm mod mustache nim nix pas pdf php
    pkl pl plist pm png po pro properties proto ps1 psm1 pug py pyi pyx r rake rb rego res rkt rs rst sass scala
    scss service sh sln sol sql sqlite sty sum sv svelte svg swift tcl template tex tf tfvars thrift tmpl toml ts tsv
    tsx txt v vb vhd vim vue wasm wsdl xhtml xml xsd xsl xslt yaml yml zig zip zsh"""
)
"""What a file name may end in; a dotted word that ends otherwise is an attribute, a domain or a sentence."""

WEAK_EXTENSIONS = words("cmd conf el ex feature fs lock m4 mod pro properties r res service sum template v zip")
"""Extensions that are attributes at least as often (`queue.lock`, `np.r`), so not believed on their own."""

BARE_FILES = words(
    """Brewfile CODEOWNERS Caddyfile Containerfile Dockerfile Gemfile Jenkinsfile Justfile Makefile Pipfile Procfile
    Rakefile Snakefile Tiltfile Vagrantfile"""
)
"""Files without an extension whose name alone says so, in prose too."""

QUOTED_FILES = words("AUTHORS CHANGELOG CONTRIBUTING COPYING LICENSE NOTICE README VERSION justfile makefile")
"""Files without an extension that are also words: files only between backticks."""

WEAK_FILES = words("go.mod go.sum go.work nginx.conf poetry.lock Cargo.lock yarn.lock uv.lock Gemfile.lock")
"""Well-known files whose extension alone would not be believed."""

DOT_FILES = words(
    """.babelrc .bazelrc .bashrc .coveragerc .dockerignore .editorconfig .env .envrc .eslintignore .eslintrc .flake8
    .git .gitattributes .github .gitignore .gitmodules .helmignore .mailmap .npmignore .npmrc .nvmrc .prettierrc
    .pylintrc .python-version .ruby-version .tool-versions .zshrc"""
)

TOP_FOLDERS = words(
    """.circleci .github .gitlab .vscode app apps assets benchmarks bin charts claims cmd config configs deploy docker
    docs etc examples internal k8s lib migrations packages pkg prompts scripts server src static templates terraform
    test tests tools vendor web"""
)
"""Folders that begin a path without an extension in prose (`src/core`)."""

SLASHED_WORDS = words(
    """a/b and/or async/await backend/frontend ci/cd client/server config/secrets docs/tests either/or
    encode/decode frontend/backend get/set he/she i/o input/output key/value left/right load/store lock/unlock n/a
    on/off open/close push/pop pub/sub read/write request/response save/load send/receive start/stop tcp/ip
    tests/docs true/false up/down user/password w/o yes/no"""
)
"""Words that English joins with a slash; never a path, not even between backticks."""

MIME_TYPES = words("application audio font image message model multipart text video")

PRODUCTS = words(
    """airbnb asp.net bigquery bitbucket clickhouse cloudflare cloudformation cloudwatch cockroachdb coffeescript
    couchdb d3.js datadog devops devsecops digitalocean dynamodb ebay ebpf elasticsearch ember.js express.js fastapi
    firefox github githubs gitlab gitops graphql grpc gunicorn hashicorp iaas ibm influxdb ios ipad ipados iphone ipv4
    ipv6 ipados javadoc javascript jetbrains jquery junit langchain latex linkedin livereload llama.cpp macos mariadb
    mathjax mlops mongodb mssql mysql neo4j next.js node.js nodejs nosql npm numpy nuxt.js oauth oauth2 openai openapi
    openid openshift openssl opentelemetry paas pagerduty paypal phd postgresql powerpoint powershell preact
    pubsub pycharm pypi pytorch rabbitmq reactjs restful saas scikit scipy socket.io sqlalchemy sqlite stackoverflow
    tensorflow three.js typescript vue.js vuejs webassembly webgl webhook webpack webrtc websocket websockets
    whatsapp wifi wordpress youtube"""
)
"""Names of products and techniques that are written like identifiers or files; plain words unless in backticks."""

CONSTANTS = words("true false none null nil undefined nan inf yes no on off")
"""Words that code writes as values, so a literal between backticks and no name."""

TOP_LEVEL_DOMAINS = words("com org net edu gov dev io ai app co uk de eu")

LABELS = words(
    """appendix chapter claim day issue level milestone month option page paragraph part phase point pr priority
    question release requirement revision round section slide sprint stage step task tier ticket version week year
    alpine android angular apache bootstrap debian django ecmascript es fedora gemini go gpt ios iso java jdk junit
    kotlin kubernetes macos mysql node oauth openapi pep php postgres postgresql python rails react redis rfc ruby
    rust spring ssl swift tls typescript ubuntu unicode vue windows"""
)
"""Words whose number is a name ("Phase 4", "Python 3.11"), not a value that code could hold."""
