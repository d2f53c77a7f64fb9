package org.decoymx.net;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.ConfigProvider;

/** Checks keys; a value that cannot be used stops the start with one line. */
public final class ConfigChecks {
    private static final int MAX_PORT = 65_535;
    private static final int MAX_NETWORKS = 100;

    private ConfigChecks() {}

    /** A port, or 0 for none. */
    public static void checkPort(String key, int value) {
        checkRange(key, value, 0, MAX_PORT);
    }

    /** A number or a time, with the least and the most that it may be. */
    public static <T extends Comparable<T>> void checkRange(String key, T value, T least, T most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            String written = ConfigProvider.getConfig().getConfigValue(key).getValue();
            throw new ConfigurationException(key + ": '" + written + "' is not allowed; " + formatLimit(least) + " to "
                    + formatLimit(most) + " is");
        }
    }

    private static String formatLimit(Comparable<?> limit) {
        return limit instanceof Duration duration
                ? duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT)
                : limit.toString();
    }

    /** What a key's value is read as, with the key named when it cannot be read. */
    public static <T> T parseValue(String key, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(key + ": " + e.getMessage());
        }
    }

    /** Networks that may ask, a hundred at most, as each is looked at for each question. */
    public static CidrSet parseNetworks(String key, Collection<String> cidrs) {
        if (cidrs.size() > MAX_NETWORKS) {
            throw new ConfigurationException(
                    key + ": there are " + cidrs.size() + "; " + MAX_NETWORKS + " at most are allowed");
        }
        return parseValue(key, () -> new CidrSet(cidrs));
    }

    /** What stops the start when a port cannot be had. */
    public static ConfigurationException listenFailure(
            String hostKey, String portKey, Collection<String> hosts, int port, Exception why) {
        return new ConfigurationException(hostKey + ", " + portKey + ": cannot listen on " + String.join(", ", hosts)
                + " port " + port + ": " + why.getMessage()
                + "; set an address of this machine and a port that is free, or port 0 to do without");
    }
}
