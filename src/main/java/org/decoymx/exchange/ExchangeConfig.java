package org.decoymx.exchange;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;
import org.decoymx.support.Format;
import org.decoymx.support.MaxElements;

/** Keys of the sharing with other nodes. */
@ConfigMapping(prefix = "decoy.exchange")
public interface ExchangeConfig {

    /** Kafka brokers to begin with, at most 16. Without them nothing is shared. */
    @Format(BrokerFormat.class)
    @MaxElements(16)
    Optional<List<String>> servers();

    /** What the names of the topics begin with, at most 16. The first is the own one; of the others states are read. */
    @Format(TopicPrefixFormat.class)
    @MaxElements(16)
    @WithDefault("decoymx")
    List<String> prefix();

    /** What this node does with the states. */
    @WithDefault("both")
    ExchangeRole role();

    /** The TLS bucket with the certificates for the connections to the brokers. Without one they are not encrypted. */
    Optional<String> tls();

    /** Whether the evidence of the latest session of a sender is shared. */
    @WithDefault("true")
    boolean evidence();
}
