-- The days on which a primary MX accepted mail of a sender that was not caught yet.
CREATE TABLE accepted (
    origin TEXT PRIMARY KEY, -- 192.0.2.1, 2001:db8::1 or 2001:db8::/64
    latest_day INTEGER NOT NULL, -- days since 1970
    recent_days INTEGER NOT NULL -- a bit for each of the last 36 days; the lowest is the latest day
) WITHOUT ROWID, STRICT;
