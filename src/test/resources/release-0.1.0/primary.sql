-- The schema of primary.db in release 0.1.0. Do not change it.
-- All times are in seconds since 1970.

-- Senders seen at a primary MX. Between the first and the last time there is no gap longer than the witness window.
CREATE TABLE witness (
    origin TEXT PRIMARY KEY, -- 192.0.2.1 or 2001:db8::/64
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

-- The same for IPv4 /24 networks.
CREATE TABLE network (
    origin TEXT PRIMARY KEY, -- first address, 192.0.2.0
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

-- The most recent outages of primary MX hosts.
CREATE TABLE outage (
    last_good INTEGER NOT NULL, -- last successful probe before the outage
    hosts TEXT NOT NULL, -- hosts that were down, separated by spaces
    recovered INTEGER NOT NULL -- when all hosts were up again; 0 while they are not
) STRICT;

-- Last successful probe of each primary MX, accurate to five minutes.
CREATE TABLE host (
    name TEXT PRIMARY KEY,
    last_good INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

PRAGMA application_id = 0x64636d70;
PRAGMA user_version = 1;
