package org.decoymx.dns;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.decoymx.support.Condition;
import org.decoymx.support.FileMessages;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Name servers from the configuration, or else from the system's resolv.conf, which may change. Thread-safe. */
public final class NameServers {
    private static final Logger LOG = Logger.getLogger(NameServers.class);
    private static final int DNS_PORT = 53;
    private static final int MAX_PORT = 65_535;
    private static final Duration REREAD_INTERVAL = Duration.ofSeconds(30);

    /** Shorter, because the file may just be written. */
    private static final Duration REREAD_INTERVAL_WITHOUT_SERVER = Duration.ofSeconds(1);

    private static final Pattern ADDRESS_WITH_PORT = Pattern.compile("(?:\\[([^\\]]*)\\]|([^:]*))(?::(\\d{1,5}))?");
    private static final Pattern INTERFACE_INDEX = Pattern.compile("\\d{1,9}");

    private final List<String> configured;
    private final Path resolvConf;
    private final Clock clock;
    private final Condition known;
    private List<InetSocketAddress> servers = List.of();
    private List<String> ignoredLines = List.of();
    private Instant readAt = Instant.MIN;

    /**
     * @param servers {@code 192.0.2.53}, {@code 192.0.2.53:5353}, {@code [2001:db8::53]:53} or {@code fe80::53%eth0}
     * @param resolvConf path of the resolv.conf(5) file to use when {@code servers} is empty
     * @throws IllegalArgumentException when an entry is not valid; the message quotes it
     */
    public NameServers(List<String> servers, Path resolvConf, Clock clock) {
        configured = List.copyOf(servers);
        configured.forEach(NameServers::parse);
        this.resolvConf = resolvConf;
        this.clock = clock;
        known = new Condition(clock);
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

    /** Parses an address, with the zone of a link-local one; without scope if there is no such interface now. */
    static Optional<InetAddress> parseAddress(String text) {
        int zone = text.indexOf('%');
        String address = zone < 0 ? text : text.substring(0, zone);
        byte @Nullable [] octets = NetUtil.createByteArrayFromIpAddressString(address);
        if (octets == null || zone >= 0 && octets.length == Integer.BYTES) {
            return Optional.empty();
        }
        try {
            InetAddress parsed = InetAddress.getByAddress(octets);
            int scope = zone >= 0 && parsed.isLinkLocalAddress() ? interfaceIndex(text.substring(zone + 1)) : 0;
            return Optional.of(scope == 0 ? parsed : Inet6Address.getByAddress(null, octets, scope));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 octets", e);
        }
    }

    /** The index of a network interface, by its name or index (RFC 4007 section 11.2); 0 if there is none. */
    private static int interfaceIndex(String zone) {
        try {
            NetworkInterface named = zone.isEmpty() ? null : NetworkInterface.getByName(zone);
            if (named != null) {
                return named.getIndex();
            }
        } catch (SocketException e) {
            LOG.debugf("Cannot find the network interface %s: %s", zone, e.getMessage());
        }
        return INTERFACE_INDEX.matcher(zone).matches() ? Integer.parseInt(zone) : 0;
    }

    /** Name servers to use now; empty if none is known, see {@link #problem}. */
    synchronized List<InetSocketAddress> current() {
        Instant now = clock.instant();
        Duration interval = servers.isEmpty() ? REREAD_INTERVAL_WITHOUT_SERVER : REREAD_INTERVAL;
        if (now.isBefore(readAt) || now.isAfter(readAt.plus(interval))) {
            readAt = now;
            // also those of the configuration, because a network interface may have come
            servers = configured.isEmpty()
                    ? readResolvConf()
                    : configured.stream().map(NameServers::parse).toList();
        }
        return servers;
    }

    /** Why no name server is known; empty if one is, or none was needed yet. */
    public Optional<String> problem() {
        return known.problem();
    }

    /** glibc takes the name server on the local host when there is none; that would hide a mistake. */
    private List<InetSocketAddress> readResolvConf() {
        try {
            ResolvConf file = ResolvConf.read(resolvConf);
            file.problems().stream()
                    .filter(problem -> !ignoredLines.contains(problem))
                    .forEach(LOG::warn);
            ignoredLines = file.problems();
            if (file.servers().isEmpty()) {
                fail("no line of " + resolvConf + " names one");
            } else {
                known.recover(() -> LOG.infof("%s names a name server again", resolvConf));
            }
            return file.servers().stream()
                    .map(address -> new InetSocketAddress(address, DNS_PORT))
                    .toList();
        } catch (IOException e) {
            fail(resolvConf + " cannot be read: " + FileMessages.describe(e));
            return List.of();
        }
    }

    private void fail(String reason) {
        String problem = "no name server is known: " + reason + "; correct it, or set decoy.exempt.name-servers";
        known.fail(problem, () -> LOG.errorf("DNS is not available: %s", problem));
    }
}
