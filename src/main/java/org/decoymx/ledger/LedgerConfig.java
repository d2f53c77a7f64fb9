package org.decoymx.ledger;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;

/** The keys of the ledger. */
@ConfigMapping(prefix = "decoy.ledger")
public interface LedgerConfig {

    /** The directory for what the decoy keeps: so far the certificate it made. */
    Path dir();

    /** How many senders are known at most; beyond, the longest unseen are forgotten. */
    @WithDefault("100000")
    int maxSenders();
}
