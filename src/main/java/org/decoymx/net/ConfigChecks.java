package org.decoymx.net;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.ConfigProvider;

/** Checks configuration values; an invalid value stops the start with a message of one line. */
public final class ConfigChecks {
    private static final int MAX_PORT = 65_535;
    private static final int MAX_NETWORKS = 100;

    private ConfigChecks() {}

    /** Checks a port; 0 disables it. */
    public static void checkPort(String key, int value) {
        checkRange(key, value, 0, MAX_PORT);
    }

    /** Checks that a number or duration is between {@code min} and {@code max}, inclusive. */
    public static <T extends Comparable<T>> void checkRange(String key, T value, T min, T max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            String configured = ConfigProvider.getConfig().getConfigValue(key).getValue();
            throw new ConfigurationException(key + ": " + configured + " is out of range (" + formatLimit(min) + " to "
                    + formatLimit(max) + ")");
        }
    }

    private static String formatLimit(Comparable<?> limit) {
        return limit instanceof Duration duration
                ? duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT)
                : limit.toString();
    }

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

    /** The exception for a port that cannot be opened. */
    public static ConfigurationException listenFailure(
            String hostKey, String portKey, Collection<String> hosts, int port, Exception cause) {
        return new ConfigurationException(hostKey + ", " + portKey + ": cannot listen on " + String.join(", ", hosts)
                + " port " + port + ": " + cause.getMessage()
                + "; set an address of this machine and a free port, or port 0 to disable it");
    }
}
