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
