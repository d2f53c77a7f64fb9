package org.decoymx.exemption;

import java.util.Optional;
import org.decoymx.policy.IpNetwork;

/**
 * What a line of a file of networks says: {@code 192.0.2.0/24 # our partner}, or {@code !192.0.2.7}.
 *
 * @param network which one
 * @param exempt false after {@code !}, which takes it out again
 * @param comment what stands after the {@code #}, not yet fit to be shown
 */
record NetworkLine(IpNetwork network, boolean exempt, String comment) {
    private static final int MAX_QUOTED = 60;
    private static final String NEGATION = "!";

    /**
     * Reads a line; empty when there is nothing on it but blanks or a comment.
     *
     * @throws IllegalArgumentException when it is no network; the message quotes it and says what is allowed
     */
    static Optional<NetworkLine> parse(String line) {
        int hash = line.indexOf('#');
        String said = (hash < 0 ? line : line.substring(0, hash)).strip();
        if (said.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(parse(said, hash < 0 ? "" : line.substring(hash + 1).strip()));
    }

    /** Reads a network that has no comment; other than that like {@link #parse(String)}. */
    static NetworkLine parse(String said, String comment) {
        boolean exempt = !said.startsWith(NEGATION);
        String cidr = exempt ? said : said.substring(1).strip();
        return new NetworkLine(IpNetwork.parse(PrintableText.escape(cidr, MAX_QUOTED)), exempt, comment);
    }
}
