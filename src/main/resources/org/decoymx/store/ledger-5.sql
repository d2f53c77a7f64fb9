-- How often something happened in each hour, for a year and a bit.
CREATE TABLE hour (
    hour INTEGER NOT NULL PRIMARY KEY, -- its first second, in seconds since 1970
    sessions INTEGER NOT NULL, -- SMTP sessions with the decoy
    catches INTEGER NOT NULL, -- sessions that count, and have the points to list a sender
    confirmed INTEGER NOT NULL, -- senders that became confirmed
    cleared INTEGER NOT NULL, -- senders that were cleared, but not by hand
    refused INTEGER NOT NULL, -- answers to Postfix that refuse for good
    deferred INTEGER NOT NULL, -- answers to Postfix that defer
    reported_refused INTEGER NOT NULL, -- the same for listed senders according to visit reports
    reported_deferred INTEGER NOT NULL,
    outage INTEGER NOT NULL -- 1 if a primary MX was down, or nobody looked
) STRICT, WITHOUT ROWID;
