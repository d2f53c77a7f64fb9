package org.decoymx.exemption;

import java.util.Optional;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.support.PrintableText;

/**
 * A line of a file of networks: {@code 192.0.2.0/24 # our partner} or {@code !192.0.2.7}.
 *
 * @param exempt false for an exception, written with {@code !}
 * @param comment the text after {@code #}, not escaped
 */
record NetworkLine(IpPrefix network, boolean exempt, String comment) {
    private static final int MAX_QUOTED = 60;
    private static final String NEGATION = "!";

    /**
     * Parses a line; empty when it is blank or only a comment.
     *
     * @throws IllegalArgumentException when it is not a valid network; the message quotes it and says what is allowed
     */
    static Optional<NetworkLine> parse(String line) {
        int hash = line.indexOf('#');
        String entry = (hash < 0 ? line : line.substring(0, hash)).strip();
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(parse(entry, hash < 0 ? "" : line.substring(hash + 1).strip()));
    }

    /** Parses a network without a comment, otherwise like {@link #parse(String)}. */
    static NetworkLine parse(String entry, String comment) {
        boolean exempt = !entry.startsWith(NEGATION);
        String cidr = exempt ? entry : entry.substring(1).strip();
        return new NetworkLine(
                IpText.parseNetwork(PrintableText.escape(cidr, MAX_QUOTED)).hostNetwork(), exempt, comment);
    }
}
