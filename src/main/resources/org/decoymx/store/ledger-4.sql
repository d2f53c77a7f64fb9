-- What the administrator decided about a sender by hand. Times are seconds since 1970.
CREATE TABLE manual (
    origin TEXT NOT NULL PRIMARY KEY, -- as in sender
    tier TEXT NOT NULL, -- SUSPECT, CONFIRMED, CLEARED, or NONE for a sender that was forgotten
    decided_at INTEGER NOT NULL,
    until INTEGER NOT NULL, -- 0 for NONE
    reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;
