-- All times are seconds since 1970.

-- Who was seen at a primary MX; between the first time and the last there is no pause longer than the witness window.
CREATE TABLE witness (
    origin TEXT PRIMARY KEY, -- 192.0.2.1 or 2001:db8::/64
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

-- The same for each IPv4 /24.
CREATE TABLE network (
    origin TEXT PRIMARY KEY, -- its first address, 192.0.2.0
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

-- When a primary MX was down, the latest few times.
CREATE TABLE outage (
    last_good INTEGER NOT NULL, -- when it was found up for the last time before
    hosts TEXT NOT NULL, -- which ones, with a blank between
    recovered INTEGER NOT NULL -- when all were up again, 0 when they are not yet
) STRICT;

-- When each primary MX was last found up, to within five minutes.
CREATE TABLE host (
    name TEXT PRIMARY KEY,
    last_good INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
