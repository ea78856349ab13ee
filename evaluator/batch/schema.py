"""The tables of a journal."""

from __future__ import annotations

VERSION = 1

_RUBRIC = """
CREATE TABLE rubric (
    id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    hash TEXT NOT NULL,
    judged_by TEXT NOT NULL,  -- the key that grades must carry to count
    body TEXT NOT NULL
)
"""
_CANDIDATE = """
CREATE TABLE candidate (
    key INTEGER PRIMARY KEY,
    position INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    columns TEXT NOT NULL,
    turn INTEGER NOT NULL  -- in which taking in of the source it was last seen
)
"""
_ITEM = """
CREATE TABLE item (
    id INTEGER PRIMARY KEY,
    rubric TEXT NOT NULL,
    digest BLOB NOT NULL,
    text TEXT NOT NULL,
    grade TEXT,
    failure TEXT NOT NULL DEFAULT '',
    review INTEGER NOT NULL DEFAULT 0,
    judged_by TEXT,
    scored_by TEXT
)
"""
_ANSWER = """
CREATE TABLE answer (
    candidate INTEGER NOT NULL REFERENCES candidate (key),
    rubric TEXT NOT NULL,
    item INTEGER NOT NULL REFERENCES item (id),
    place TEXT NOT NULL,
    human TEXT NOT NULL,
    turn INTEGER NOT NULL,
    PRIMARY KEY (candidate, rubric)
)
"""
_OVERRIDE = """
CREATE TABLE override (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    candidate TEXT NOT NULL,
    rubric TEXT NOT NULL,
    key_point TEXT NOT NULL,
    level TEXT,
    author TEXT NOT NULL,
    reason TEXT NOT NULL,
    created TEXT NOT NULL
)
"""
_APPEND_ONLY = """
CREATE TRIGGER override_append_only BEFORE UPDATE ON override
BEGIN SELECT RAISE(ABORT, 'overrides are only ever added'); END
"""
_JOB = """
CREATE TABLE job (  -- a batch at the provider: what was sent, and where it stands
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    created TEXT NOT NULL,
    body TEXT NOT NULL
)
"""
_REQUEST = """
CREATE TABLE request (  -- what was put down for such a batch, and what came back
    id BLOB PRIMARY KEY,  -- SHA-256 of the body; in hexadecimal the custom_id of its line
    job TEXT NOT NULL,  -- empty while its file is being written
    status INTEGER,  -- NULL: no answer yet; 200; an error of HTTP; 0: never answered
    body TEXT NOT NULL DEFAULT ''
)
"""

SCHEMA: tuple[str, ...] = (
    "CREATE TABLE value (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    _RUBRIC,
    _CANDIDATE,
    "CREATE INDEX candidate_position ON candidate (position)",
    _ITEM,
    "CREATE UNIQUE INDEX item_digest ON item (digest, rubric)",
    "CREATE INDEX item_rubric ON item (rubric, id)",
    _ANSWER,
    "CREATE INDEX answer_item ON answer (item)",
    "CREATE TABLE rejected (place TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL)",
    _OVERRIDE,
    _APPEND_ONLY,
    _JOB,
    _REQUEST,
    "CREATE INDEX request_job ON request (job)",
)
