package org.decoymx.exemption;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Reads the default gateways from where Linux shows its routes; elsewhere there are none. */
final class Gateways {
    private static final Logger LOG = Logger.getLogger(Gateways.class);
    private static final Path V4 = Path.of("/proc/net/route");
    private static final Path V6 = Path.of("/proc/net/ipv6_route");
    private static final int MAX_LINES = 10_000;

    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Pattern HEX = Pattern.compile("(?:[0-9A-Fa-f]{8}){1,4}");
    private static final int HEX_DIGITS = 16;
    private static final int V4_DIGITS = 8;
    private static final int V6_DIGITS = 32;
    private static final String V4_ANY = "0".repeat(V4_DIGITS);
    private static final String V6_ANY = "0".repeat(V6_DIGITS);

    /** RTF_UP, RTF_GATEWAY and RTF_REJECT of the Linux header route.h. */
    private static final int UP = 0x1;

    private static final int GATEWAY = 0x2;
    private static final int REJECT = 0x200;

    private Gateways() {}

    /** Those of this machine. */
    static List<InetAddress> read() {
        return Stream.concat(
                        lines(V4, line -> v4(line, ByteOrder.nativeOrder())).stream(), lines(V6, Gateways::v6).stream())
                .distinct()
                .toList();
    }

    private static List<InetAddress> lines(Path table, Function<String, Optional<InetAddress>> gateway) {
        try (BufferedReader reader = Files.newBufferedReader(table, StandardCharsets.ISO_8859_1)) {
            return reader.lines()
                    .limit(MAX_LINES)
                    .map(gateway)
                    .flatMap(Optional::stream)
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            LOG.debugf("cannot read %s: %s", table, e.getMessage());
            return List.of();
        }
    }

    /**
     * The gateway of a line of {@code /proc/net/route}; empty when it is no default route by way of one. The columns are
     * interface, destination, gateway, flags, references, use, metric, mask; an address is a number as the machine keeps it.
     */
    static Optional<InetAddress> v4(String line, ByteOrder order) {
        String[] columns = BLANKS.split(line, -1);
        return columns.length >= 8
                        && columns[1].equals(V4_ANY)
                        && columns[7].equals(V4_ANY)
                        && leadsOn(columns[3])
                        && columns[2].length() == V4_DIGITS
                ? address(columns[2], order)
                : Optional.empty();
    }

    /**
     * The gateway of a line of {@code /proc/net/ipv6_route}; empty when it is no default route by way of one. The columns
     * are destination and its prefix length, source and its, next hop, metric, references, use, flags, interface.
     */
    static Optional<InetAddress> v6(String line) {
        String[] columns = BLANKS.split(line, -1);
        return columns.length >= 10
                        && columns[0].equals(V6_ANY)
                        && columns[1].equals("00")
                        && leadsOn(columns[8])
                        && columns[4].length() == V6_DIGITS
                ? address(columns[4], ByteOrder.BIG_ENDIAN)
                : Optional.empty();
    }

    private static boolean leadsOn(String flags) {
        Integer bits = number(flags);
        return bits != null && (bits & (UP | GATEWAY | REJECT)) == (UP | GATEWAY);
    }

    private static @Nullable Integer number(String hex) {
        try {
            return Integer.parseUnsignedInt(hex, HEX_DIGITS);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static Optional<InetAddress> address(String hex, ByteOrder order) {
        if (!HEX.matcher(hex).matches()) {
            return Optional.empty();
        }
        ByteBuffer octets = ByteBuffer.allocate(hex.length() / 2).order(order);
        for (int i = 0; i < hex.length(); i += V4_DIGITS) {
            octets.putInt(Integer.parseUnsignedInt(hex.substring(i, i + V4_DIGITS), HEX_DIGITS));
        }
        try {
            InetAddress address = InetAddress.getByAddress(octets.array());
            return address.isAnyLocalAddress() ? Optional.empty() : Optional.of(address);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 octets are an address", e);
        }
    }
}
