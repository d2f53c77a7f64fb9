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

/** Configuration of the ledger. */
@ConfigMapping(prefix = "decoy")
public interface LedgerConfig {

    /** Protected domains. If it is not set, the decoy is in trial mode and uses a separate file. */
    Optional<List<String>> domains();

    /** The host name of the decoy; the name of a new node starts with it. */
    Optional<String> hostname();

    LedgerSection ledger();

    ExchangeSection exchange();

    /** Keys below {@code decoy.exchange} that concern the ledger. */
    interface ExchangeSection {
        /** Kafka brokers. Without them nothing is shared. */
        Optional<List<String>> servers();

        /**
         * The name of the node, which no other one may have: 1 to 64 letters, digits, dots, hyphens or underscores. By
         * default a new ledger gets a name that begins with the host name.
         */
        @Format(NodeNameFormat.class)
        Optional<String> node();
    }

    /** Keys below {@code decoy.ledger}. */
    interface LedgerSection {
        /** The data directory of the decoy. */
        @Format(DirectoryFormat.class)
        Path dir();

        /** Senders that were not seen for this long are deleted, unless they are listed. */
        @Range(min = "1m", max = "3650d")
        @WithDefault("90d")
        Duration retention();

        /**
         * Maximum number of senders. Beyond it, the least recently seen senders are deleted. The default is a million,
         * or less if the heap is too small for that.
         */
        OptionalInt maxSenders();
    }
}
