"""The journal's tables, and by which numbers its file is known."""

from __future__ import annotations

APPLICATION_ID = 0x76726672
"""In the file's header: this database is a journal of verifier. Source: SQLite docs, "Database File Format", 1.3.17."""

VERSION = 3
"""In the file's header as `user_version`. A lower one is brought up to it, a higher one left alone."""

BATCHED = (
    """
    CREATE TABLE IF NOT EXISTS batched (
        id INTEGER PRIMARY KEY,
        label TEXT NOT NULL,
        job TEXT,
        key TEXT NOT NULL,
        made_at TEXT NOT NULL,
        host TEXT NOT NULL,
        model TEXT NOT NULL,
        digests TEXT NOT NULL,
        claim_id TEXT NOT NULL,
        round INTEGER NOT NULL,
        max_output_tokens INTEGER NOT NULL,
        failed_at TEXT
    )
    """,
    "CREATE INDEX IF NOT EXISTS batched_by_key ON batched (key)",
    "CREATE INDEX IF NOT EXISTS batched_by_label ON batched (label)",
)

ASKING = (
    "CREATE TABLE asking (key TEXT PRIMARY KEY, pid INTEGER NOT NULL, until REAL NOT NULL) WITHOUT ROWID",
    "CREATE TRIGGER answered AFTER INSERT ON replies BEGIN DELETE FROM asking WHERE key = NEW.key; END",
)
"""Which process is asking what, and until when in seconds since the epoch, however it ends."""

CONTROLS = (
    "CREATE TABLE IF NOT EXISTS controls (run INTEGER REFERENCES runs (id), kind TEXT, held INTEGER, judged INTEGER)",
)
"""Of each run how many controls of a kind came out right, of those that were judged."""

TABLES = (
    *BATCHED,
    """
    CREATE TABLE replies (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL,
        answered_at TEXT NOT NULL,
        host TEXT NOT NULL,
        model TEXT NOT NULL,
        settings TEXT NOT NULL,
        schema TEXT NOT NULL,
        digests TEXT NOT NULL,
        claim_id TEXT NOT NULL,
        round INTEGER NOT NULL,
        tokens_estimated INTEGER NOT NULL,
        text TEXT NOT NULL,
        answered_by TEXT NOT NULL,
        response_id TEXT,
        prompt_tokens INTEGER,
        cached_tokens INTEGER,
        output_tokens INTEGER,
        thought_tokens INTEGER
    )
    """,
    "CREATE INDEX replies_by_key ON replies (key)",
    "CREATE INDEX replies_by_model ON replies (model)",
    """
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        commit_id TEXT NOT NULL,
        ref TEXT NOT NULL,
        claims_path TEXT NOT NULL,
        claims_digest TEXT NOT NULL,
        tool TEXT NOT NULL,
        started TEXT NOT NULL,
        finished TEXT
    )
    """,
    """
    CREATE TABLE rulings (
        id INTEGER PRIMARY KEY,
        run INTEGER NOT NULL REFERENCES runs (id),
        claim_id TEXT NOT NULL,
        claim_digest TEXT NOT NULL,
        word TEXT NOT NULL,
        range TEXT NOT NULL,
        counts TEXT NOT NULL,
        verdict TEXT,
        source TEXT,
        carried_from TEXT,
        code_key TEXT NOT NULL,
        supplied TEXT NOT NULL,
        tokens INTEGER NOT NULL,
        cost REAL
    )
    """,
    "CREATE INDEX rulings_by_claim ON rulings (claim_id)",
    "CREATE INDEX rulings_by_code ON rulings (claim_digest, code_key)",
    """
    CREATE TABLE memories (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL,
        claim_id TEXT NOT NULL,
        commit_id TEXT NOT NULL,
        made_at TEXT NOT NULL,
        memory TEXT NOT NULL
    )
    """,
    "CREATE INDEX memories_by_key ON memories (key)",
    *ASKING,
    *CONTROLS,
)

CHANGES = {1: (*BATCHED, *ASKING, "DROP TABLE IF EXISTS records"), 2: CONTROLS}
"""Brings a journal of that version up to the next. Early ones were begun without batches."""
