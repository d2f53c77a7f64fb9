package org.decoymx.dns;

import io.netty.util.NetUtil;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.decoymx.support.BoundedLineReader;
import org.decoymx.support.PrintableText;
import org.jspecify.annotations.Nullable;

/**
 * What a resolv.conf(5) file says about name servers. All that glibc understands is understood; leading blanks and CRLF
 * are allowed too.
 *
 * @param servers the first three, as in glibc, without duplicates
 * @param problems what is ignored, one message for each line, with the file and the number of the line
 */
record ResolvConf(List<InetAddress> servers, List<String> problems) {
    private static final int MAX_SERVERS = 3;
    private static final int MAX_OCTETS = 65_536;
    private static final int MAX_LINE_OCTETS = 1_000;
    private static final int MAX_QUOTED = 60;
    private static final int MAX_PROBLEMS = 10;

    private static final Pattern NUMBER = Pattern.compile("0[xX][0-9a-fA-F]{1,8}|0[0-7]{0,11}|[1-9][0-9]{0,9}");

    /** There are no search domains, and timeouts and tries are those of {@link DnsClient}. */
    private static final Set<String> UNUSED_KEYWORDS =
            Set.of("domain", "search", "options", "sortlist", "lookup", "family");

    /**
     * Reads a file.
     *
     * @throws IOException when it cannot be read
     */
    static ResolvConf read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return parse(in.readNBytes(MAX_OCTETS), file.toString());
        }
    }

    /** Parses the octets of a file with this name. */
    static ResolvConf parse(byte[] octets, String file) throws IOException {
        ResolvConf found = new ResolvConf(new ArrayList<>(), new ArrayList<>());
        BoundedLineReader lines = new BoundedLineReader(new ByteArrayInputStream(octets), MAX_LINE_OCTETS);
        for (@Nullable String line = lines.readText(); line != null; line = lines.readText()) {
            Optional<String> problem = found.add(line.strip());
            if (problem.isPresent() && found.problems.size() < MAX_PROBLEMS) {
                found.problems.add(file + ", line " + lines.lineNumber() + ": " + problem.get());
            }
        }
        return found;
    }

    /** Adds the server of a line. Returns what is wrong with the line; empty if nothing is. */
    private Optional<String> add(String line) {
        if (line.isEmpty() || line.startsWith("#") || line.startsWith(";")) {
            return Optional.empty();
        }
        String[] words = line.split("[ \\t]+", 3);
        if (!words[0].equals("nameserver")) {
            return UNUSED_KEYWORDS.contains(words[0])
                    ? Optional.empty()
                    : Optional.of("'" + quote(words[0]) + "' is not a keyword of resolv.conf; the line is ignored");
        }
        Optional<InetAddress> server = words.length < 2 ? Optional.empty() : parseServer(words[1]);
        if (server.isEmpty()) {
            return Optional.of("'" + quote(words.length < 2 ? "" : words[1])
                    + "' is not the address of a name server; the line is ignored");
        }
        return addServer(server.get(), words[1]);
    }

    private Optional<String> addServer(InetAddress server, String text) {
        if (server instanceof Inet6Address v6 && v6.isLinkLocalAddress() && v6.getScopeId() == 0) {
            return Optional.of("'" + quote(text) + "' is a link-local address without a network interface of this"
                    + " machine (example: fe80::53%eth0); the line is ignored");
        }
        if (!servers.contains(server)) {
            if (servers.size() == MAX_SERVERS) {
                return Optional.of(
                        "only the first " + MAX_SERVERS + " name servers are used, not '" + quote(text) + "'");
            }
            servers.add(server);
        }
        return Optional.empty();
    }

    private static String quote(String text) {
        return PrintableText.escape(text, MAX_QUOTED);
    }

    private static Optional<InetAddress> parseServer(String text) {
        return text.indexOf(':') < 0
                ? parseNumbers(text).map(NetUtil::intToIpAddress).flatMap(NameServers::parseAddress)
                : NameServers.parseAddress(text);
    }

    /** IPv4 as in inet_aton(3): one to four numbers, octal and hexadecimal ones too; the last fills the rest. */
    private static Optional<Integer> parseNumbers(String text) {
        String[] numbers = text.split("\\.", -1);
        if (numbers.length > Integer.BYTES
                || !Stream.of(numbers).allMatch(n -> NUMBER.matcher(n).matches())) {
            return Optional.empty();
        }
        long address = 0;
        for (int i = 0; i < numbers.length; i++) {
            int bits = Byte.SIZE * (i < numbers.length - 1 ? 1 : Integer.BYTES - i);
            long number = Long.decode(numbers[i]);
            if (number >= 1L << bits) {
                return Optional.empty();
            }
            address = address << bits | number;
        }
        return Optional.of((int) address);
    }
}
