package org.decoymx.dns;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Name servers from the configuration, or else from the system's resolv.conf, which may change. Thread-safe. */
public final class NameServers {
    private static final Logger LOG = Logger.getLogger(NameServers.class);
    private static final int DNS_PORT = 53;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_SERVERS = 8;
    private static final Duration REREAD_INTERVAL = Duration.ofSeconds(30);
    private static final Pattern ADDRESS_WITH_PORT = Pattern.compile("(?:\\[([^\\]]*)\\]|([^:]*))(?::(\\d{1,5}))?");
    private static final Pattern NAMESERVER_LINE = Pattern.compile("\\s*nameserver\\s+(\\S+).*");

    private final List<InetSocketAddress> configured;
    private final Path resolvConf;
    private final Clock clock;
    private List<InetSocketAddress> systemServers = List.of();
    private Instant readAt = Instant.MIN;

    /**
     * @param servers {@code 192.0.2.53}, {@code 192.0.2.53:5353} or {@code [2001:db8::53]:53}
     * @param resolvConf path of the resolv.conf(5) file to use when {@code servers} is empty
     * @throws IllegalArgumentException when an entry is not valid; the message quotes it
     */
    public NameServers(List<String> servers, Path resolvConf, Clock clock) {
        configured = servers.stream().map(NameServers::parse).toList();
        this.resolvConf = resolvConf;
        this.clock = clock;
    }

    /**
     * Parses the address of a name server, with or without a port.
     *
     * @throws IllegalArgumentException when it is not valid; the message quotes it
     */
    public static InetSocketAddress parse(String text) {
        Matcher matcher = ADDRESS_WITH_PORT.matcher(text);
        Optional<InetAddress> bare = parseAddress(text);
        if (bare.isPresent()) {
            return new InetSocketAddress(bare.get(), DNS_PORT);
        }
        if (matcher.matches()) {
            Optional<InetAddress> address =
                    parseAddress(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
            int port = matcher.group(3) == null ? DNS_PORT : Integer.parseInt(matcher.group(3));
            if (address.isPresent() && port > 0 && port <= MAX_PORT) {
                return new InetSocketAddress(address.get(), port);
            }
        }
        throw new IllegalArgumentException(
                "'" + text + "' is not a valid name server (examples: 192.0.2.53, 192.0.2.53:5353, [2001:db8::53]:53)");
    }

    private static Optional<InetAddress> parseAddress(String text) {
        return Optional.ofNullable(NetUtil.createInetAddressFromIpAddressString(text));
    }

    /** Name servers to use now, at least one. */
    synchronized List<InetSocketAddress> current() {
        if (!configured.isEmpty()) {
            return configured;
        }
        Instant now = clock.instant();
        if (now.isBefore(readAt) || now.isAfter(readAt.plus(REREAD_INTERVAL))) {
            readAt = now;
            systemServers = readResolvConf();
        }
        return systemServers;
    }

    /** Without a nameserver line the default is the name server on the local host, see resolv.conf(5). */
    private List<InetSocketAddress> readResolvConf() {
        List<InetSocketAddress> servers = List.of();
        try (Stream<String> lines = Files.lines(resolvConf)) {
            servers = lines.map(NAMESERVER_LINE::matcher)
                    .filter(Matcher::matches)
                    .flatMap(line -> parseAddress(line.group(1)).stream())
                    .map(address -> new InetSocketAddress(address, DNS_PORT))
                    .limit(MAX_SERVERS)
                    .toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            LOG.debugf("Cannot read %s: %s", resolvConf, e.getMessage());
        }
        return servers.isEmpty() ? List.of(new InetSocketAddress(NetUtil.LOCALHOST4, DNS_PORT)) : servers;
    }
}
