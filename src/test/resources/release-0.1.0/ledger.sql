-- The schema of ledger.db and trial.db in release 0.1.0. Do not change it.
PRAGMA page_size = 2048;
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;

CREATE TABLE node (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    own INTEGER NOT NULL -- 1 for the decoy that owns this file, 0 for imported nodes
) STRICT;

CREATE TABLE trait (
    bit INTEGER PRIMARY KEY, -- its value in sender.traits
    name TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO trait (bit, name) VALUES
    (1, 'EARLY_TALKER'),
    (2, 'PIPELINED_UNASKED'),
    (4, 'BARE_NEWLINE'),
    (8, 'NOT_SMTP'),
    (16, 'BAD_ORDER'),
    (32, 'HELO_LIES'),
    (64, 'HELO_OURS'),
    (128, 'AUTH_PROBE'),
    (256, 'RELAY_PROBE'),
    (512, 'MANY_RECIPIENTS'),
    (1024, 'TALKS_ON'),
    (2048, 'NO_QUIT'),
    (4096, 'FLOOD');

-- The record of a node about a sender. Only this node changes it. Times are seconds since 1970, 0 for never.
CREATE TABLE sender (
    origin TEXT NOT NULL, -- 192.0.2.1 or 2001:db8::/64
    node INTEGER NOT NULL REFERENCES node (id),
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    sessions INTEGER NOT NULL,
    conversations INTEGER NOT NULL, -- complete conversations for a protected recipient
    points REAL NOT NULL, -- as of scored_at
    scored_at INTEGER NOT NULL,
    offences INTEGER NOT NULL, -- number of listings
    listed_since INTEGER NOT NULL,
    listed_until INTEGER NOT NULL,
    traits INTEGER NOT NULL, -- the sum of trait.bit
    -- evidence of the latest session; NULL if there is none
    helo TEXT,
    sender_domain TEXT,
    deepest TEXT, -- the deepest verb that was accepted
    tls INTEGER,
    ended TEXT,
    recipients INTEGER, -- number of recipients; their addresses are not stored
    PRIMARY KEY (origin, node)
) WITHOUT ROWID, STRICT;

-- A readable view with times and trait names.
CREATE VIEW senders AS SELECT
    origin,
    (SELECT name FROM node WHERE id = sender.node) AS node,
    datetime(first_seen, 'unixepoch') AS first_seen,
    datetime(last_seen, 'unixepoch') AS last_seen,
    sessions,
    conversations,
    points,
    datetime(nullif(scored_at, 0), 'unixepoch') AS scored_at,
    offences,
    datetime(nullif(listed_since, 0), 'unixepoch') AS listed_since,
    datetime(nullif(listed_until, 0), 'unixepoch') AS listed_until,
    (SELECT group_concat(name, ' ') FROM trait WHERE sender.traits & bit) AS traits,
    helo,
    sender_domain,
    deepest,
    tls,
    ended,
    recipients
FROM sender;

ALTER TABLE sender ADD COLUMN waivers INTEGER NOT NULL DEFAULT 0; -- the sum of waiver.bit: why sessions were not scored

-- The highest points on each of the last 8 days: 4 bits a day, the day of scored_at in the lowest bits.
ALTER TABLE sender ADD COLUMN peaks INTEGER NOT NULL DEFAULT 0;

CREATE TABLE waiver (
    bit INTEGER PRIMARY KEY, -- its value in sender.waivers
    name TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO waiver (bit, name) VALUES
    (1, 'EXEMPT'),
    (2, 'WITNESSED'),
    (4, 'OUTAGE'),
    (8, 'UNANSWERED');

DROP VIEW senders;

-- A readable view with times and the names of traits and waivers.
CREATE VIEW senders AS SELECT
    origin,
    (SELECT name FROM node WHERE id = sender.node) AS node,
    datetime(first_seen, 'unixepoch') AS first_seen,
    datetime(last_seen, 'unixepoch') AS last_seen,
    sessions,
    conversations,
    points,
    datetime(nullif(scored_at, 0), 'unixepoch') AS scored_at,
    offences,
    datetime(nullif(listed_since, 0), 'unixepoch') AS listed_since,
    datetime(nullif(listed_until, 0), 'unixepoch') AS listed_until,
    (SELECT group_concat(name, ' ') FROM trait WHERE sender.traits & bit) AS traits,
    (SELECT group_concat(name, ' ') FROM waiver WHERE sender.waivers & bit) AS waivers,
    helo,
    sender_domain,
    deepest,
    tls,
    ended,
    recipients
FROM sender;

PRAGMA application_id = 0x64636d78;
PRAGMA user_version = 2;
