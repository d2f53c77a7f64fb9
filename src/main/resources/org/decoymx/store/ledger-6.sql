-- The commit of the node that wrote the row, from 1; 0 if it is not known. The higher one wins.
ALTER TABLE sender ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
-- What another node knows of the sender, as TrustState.encode writes it; what the own node knows is in the table trust.
-- If the version is 0, its envelopes are of another key.
ALTER TABLE sender ADD COLUMN trust BLOB;

ALTER TABLE manual ADD COLUMN who TEXT NOT NULL DEFAULT ''; -- the node where it was decided; empty if it is not known

-- How far the topics of the exchange are read.
CREATE TABLE exchange_position (
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    topic_id TEXT NOT NULL, -- a topic that was deleted and created again has another one
    next_offset INTEGER NOT NULL,
    PRIMARY KEY (topic, partition)
) STRICT, WITHOUT ROWID;

-- Further settings: ledger-version is the version of the latest commit that changed own rows, shared-version up to which
-- of them all is shared with other nodes.
