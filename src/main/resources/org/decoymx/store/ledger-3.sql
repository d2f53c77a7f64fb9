-- What is known of a sender that was caught, as TrustState.encode writes it.
CREATE TABLE trust (
    origin TEXT NOT NULL PRIMARY KEY, -- as in sender
    state BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- envelope-key: the secret key of the envelope hashes; coverage: when a primary MX reported.
CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
