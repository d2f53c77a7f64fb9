package org.decoymx.ledger;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.decoymx.support.DirectoryFormat;
import org.decoymx.support.Format;
import org.decoymx.support.Range;

/** The keys of the ledger. */
@ConfigMapping(prefix = "decoy")
public interface LedgerConfig {

    /** Protected domains; without any the decoy is on trial, and keeps a ledger of its own for that. */
    Optional<List<String>> domains();

    /** The decoy's name. */
    Optional<String> hostname();

    LedgerSection ledger();

    /** Keys of the file. */
    interface LedgerSection {
        /** The directory for what the decoy keeps. */
        @Format(DirectoryFormat.class)
        Path dir();

        /** Senders unseen for so long are forgotten. */
        @Range(min = "1m", max = "3650d")
        @WithDefault("90d")
        Duration retention();

        /**
         * How many senders are known at most; beyond, the longest unseen are forgotten early. A million, or as many as the
         * heap has room for.
         */
        OptionalInt maxSenders();
    }
}
