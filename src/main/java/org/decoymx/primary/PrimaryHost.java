package org.decoymx.primary;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.decoymx.net.IpText;

/**
 * A primary MX and its SMTP port.
 *
 * @param name a host name, an IPv4 address, or an IPv6 address without brackets
 */
public record PrimaryHost(String name, int port) {
    private static final int DEFAULT_PORT = 25;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_NAME_LENGTH = 253;
    private static final Pattern HOST_AND_PORT =
            Pattern.compile("(?:\\[(?<v6>[^\\]]*)\\]|(?<name>[^:\\[\\]]*))(?::(?<port>\\d{1,5}))?");
    private static final Pattern HOST_NAME = Pattern.compile("(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\\.)*"
            + "(?=[a-z0-9-]*[a-z])[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.?");

    /** Parses {@code mx1.example.org}, {@code mx1.example.org:25}, {@code 192.0.2.1} or {@code [2001:db8::1]:25}. */
    static Optional<PrimaryHost> parse(String text) {
        Matcher matcher = HOST_AND_PORT.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String v6 = matcher.group("v6");
        String name = v6 == null ? matcher.group("name") : v6;
        String digits = matcher.group("port");
        int port = digits == null ? DEFAULT_PORT : Integer.parseInt(digits);
        boolean valid = v6 == null
                ? isHostName(name)
                : v6.contains(":") && IpText.parseAddress(v6).isPresent();
        return valid && port > 0 && port <= MAX_PORT ? Optional.of(new PrimaryHost(name, port)) : Optional.empty();
    }

    /** The valid ones of these. */
    static List<PrimaryHost> parseAll(List<String> texts) {
        return texts.stream().flatMap(text -> parse(text).stream()).distinct().toList();
    }

    private static boolean isHostName(String name) {
        return IpText.parseAddress(name).isPresent()
                || name.length() <= MAX_NAME_LENGTH && HOST_NAME.matcher(name).matches();
    }

    /** Formats the host as in the configuration; without the port when it is 25. */
    @Override
    public String toString() {
        String host = name.contains(":") ? "[" + name + "]" : name;
        return port == DEFAULT_PORT ? host : host + ":" + port;
    }
}
