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
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the default gateways from the Linux routing tables in /proc. Finds none on other systems. */
public final class DefaultGateways {
    private static final Path V4_ROUTES = Path.of("/proc/net/route");
    private static final Path V6_ROUTES = Path.of("/proc/net/ipv6_route");
    private static final int MAX_LINES = 10_000;

    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Pattern HEX = Pattern.compile("(?:[0-9A-Fa-f]{8}){1,4}");
    private static final int HEX_RADIX = 16;
    private static final int V4_DIGITS = 8;
    private static final int V6_DIGITS = 32;
    private static final String V4_ANY = "0".repeat(V4_DIGITS);
    private static final String V6_ANY = "0".repeat(V6_DIGITS);

    /** RTF_UP, RTF_GATEWAY and RTF_REJECT in the Linux header route.h. */
    private static final int FLAG_UP = 0x1;

    private static final int FLAG_GATEWAY = 0x2;
    private static final int FLAG_REJECT = 0x200;

    private DefaultGateways() {}

    /**
     * Returns the default gateways of this host.
     *
     * @throws IOException if a table exists but cannot be read
     */
    static List<InetAddress> findAll() throws IOException {
        return Stream.concat(
                        readGateways(V4_ROUTES, line -> parseV4Route(line, ByteOrder.nativeOrder())).stream(),
                        readGateways(V6_ROUTES, DefaultGateways::parseV6Route).stream())
                .distinct()
                .toList();
    }

    /** The same, without any if the tables cannot be read. */
    public static List<InetAddress> findReadable() {
        try {
            return findAll();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static List<InetAddress> readGateways(Path table, Function<String, Optional<InetAddress>> parser)
            throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(table, StandardCharsets.ISO_8859_1)) {
            return reader.lines()
                    .limit(MAX_LINES)
                    .map(parser)
                    .flatMap(Optional::stream)
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Parses a line of {@code /proc/net/route}; empty unless it is a default route through a gateway. The columns are
     * interface, destination, gateway, flags, references, use, metric, mask. Addresses are numbers in host byte order.
     */
    static Optional<InetAddress> parseV4Route(String line, ByteOrder order) {
        String[] columns = BLANKS.split(line, -1);
        return columns.length >= 8
                        && columns[1].equals(V4_ANY)
                        && columns[7].equals(V4_ANY)
                        && isGatewayRoute(columns[3])
                        && columns[2].length() == V4_DIGITS
                ? parseAddress(columns[2], order)
                : Optional.empty();
    }

    /**
     * Parses a line of {@code /proc/net/ipv6_route}; empty unless it is a default route through a gateway. The columns
     * are destination, its prefix length, source, its prefix length, next hop, metric, references, use, flags,
     * interface.
     */
    static Optional<InetAddress> parseV6Route(String line) {
        String[] columns = BLANKS.split(line, -1);
        return columns.length >= 10
                        && columns[0].equals(V6_ANY)
                        && columns[1].equals("00")
                        && isGatewayRoute(columns[8])
                        && columns[4].length() == V6_DIGITS
                ? parseAddress(columns[4], ByteOrder.BIG_ENDIAN)
                : Optional.empty();
    }

    private static boolean isGatewayRoute(String flags) {
        Integer bits = parseFlags(flags);
        return bits != null && (bits & (FLAG_UP | FLAG_GATEWAY | FLAG_REJECT)) == (FLAG_UP | FLAG_GATEWAY);
    }

    private static @Nullable Integer parseFlags(String hex) {
        try {
            return Integer.parseUnsignedInt(hex, HEX_RADIX);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static Optional<InetAddress> parseAddress(String hex, ByteOrder order) {
        if (!HEX.matcher(hex).matches()) {
            return Optional.empty();
        }
        ByteBuffer octets = ByteBuffer.allocate(hex.length() / 2).order(order);
        for (int i = 0; i < hex.length(); i += V4_DIGITS) {
            octets.putInt(Integer.parseUnsignedInt(hex.substring(i, i + V4_DIGITS), HEX_RADIX));
        }
        try {
            InetAddress address = InetAddress.getByAddress(octets.array());
            return address.isAnyLocalAddress() ? Optional.empty() : Optional.of(address);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 octets", e);
        }
    }
}
