package org.decoymx.net;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.Collection;
import java.util.function.Supplier;

/** Reads configuration values; an invalid value stops the start with a message of one line. */
public final class ConfigChecks {
    private static final int MAX_NETWORKS = 100;

    private ConfigChecks() {}

    /** Returns the parsed value; if the parser throws IllegalArgumentException, adds the key to its message. */
    public static <T> T parseValue(String key, Supplier<T> parser) {
        try {
            return parser.get();
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(key + ": " + e.getMessage());
        }
    }

    /** Networks that may send queries; at most 100, as each query is compared with all of them. */
    public static PrefixMap<IpPrefix> parseNetworks(String key, Collection<String> cidrs) {
        if (cidrs.size() > MAX_NETWORKS) {
            throw new ConfigurationException(
                    key + ": " + cidrs.size() + " networks are set; at most " + MAX_NETWORKS + " are allowed");
        }
        return parseValue(key, () -> PrefixMap.parse(cidrs));
    }

    /** The exception for a port that cannot be opened and is always needed. */
    public static ConfigurationException listenFailure(
            String hostKey, String portKey, Collection<String> hosts, int port, Exception cause) {
        return new ConfigurationException(hostKey + ", " + portKey + ": cannot listen on " + String.join(", ", hosts)
                + " port " + port + ": " + cause.getMessage() + "; set an address of this machine and a free port");
    }

    /** The exception for a port that cannot be opened and may be disabled. */
    public static ConfigurationException optionalListenFailure(
            String hostKey, String portKey, Collection<String> hosts, int port, Exception cause) {
        return new ConfigurationException(
                listenFailure(hostKey, portKey, hosts, port, cause).getMessage() + ", or port 0 to disable it");
    }
}
