"""The words that decide whether a token of a sentence is a file, a name in code, or plain English."""

from __future__ import annotations

from verifier.languages.word_lists import words

TOP_FOLDERS = words(
    """.circleci .github .gitlab .vscode app apps assets benchmarks bin charts claims cmd config configs deploy
    deployment doc docker docs etc examples infra internal k8s lib libs migrations modules packages pkg prompts scripts
    server services spec src static templates terraform test tests tools vendor web"""
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

KEYWORDS = words("switch case catch throw function const let var void null undefined self this true false new")
"""Words of other languages than Python that name nothing."""

RECEIVERS = words("self this cls")
"""What stands before a name for the object that it belongs to."""

LABELS = words(
    """appendix chapter claim day issue level milestone month option page paragraph part phase point pr priority
    question release requirement revision round section slide sprint stage step task tier ticket version week year
    alpine android angular apache bootstrap debian django ecmascript es fedora gemini go gpt ios iso java jdk junit
    kotlin kubernetes macos mysql node oauth openapi pep php postgres postgresql python rails react redis rfc ruby
    rust spring ssl swift tls typescript ubuntu unicode vue windows"""
)
"""Words whose number is a name ("Phase 4", "Python 3.11"), not a value that code could hold."""
