package org.decoymx.postfix;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.parsetools.RecordParser;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.net.RequestHandler;

/**
 * The socketmap protocol of Sendmail and Postfix (socketmap_table(5)): netstrings, each a map's name, a blank and a key. The
 * one map is {@code decoy}, its keys are addresses; Postfix asks for host names too, and is told that there are none.
 */
final class SocketmapRequestHandler implements RequestHandler {
    /** Octets of a request; a key is a host name or an address. */
    static final int MAX_REQUEST = 2_048;

    private static final String MAP_NAME = "decoy";
    private static final Pattern NETSTRING_LENGTH = Pattern.compile("0|[1-9][0-9]{0,4}");
    private static final String MALFORMED_REQUEST =
            netstring("PERM a request is a netstring of " + MAX_REQUEST + " octets at most");
    private static final String UNKNOWN_MAP = "PERM there is no such map; there is " + MAP_NAME;
    private static final String NOT_FOUND = "NOTFOUND ";
    private static final char COMMA = ',';

    private final PostfixLookup lookup;
    private final Supplier<Blocklist> listing;
    private boolean lengthRead;

    SocketmapRequestHandler(PostfixLookup lookup, Supplier<Blocklist> listing) {
        this.lookup = lookup;
        this.listing = listing;
    }

    @Override
    public void initialize(RecordParser parser) {
        parser.delimitedMode(":");
    }

    @Override
    public Optional<Buffer> handleRecord(Buffer octets, RecordParser parser) throws MalformedRequestException {
        String text = octets.toString(StandardCharsets.ISO_8859_1);
        lengthRead = !lengthRead;
        if (lengthRead) {
            int length = NETSTRING_LENGTH.matcher(text).matches() ? Integer.parseInt(text) : MAX_REQUEST + 1;
            if (length > MAX_REQUEST) {
                throw new MalformedRequestException(MALFORMED_REQUEST);
            }
            parser.fixedSizeMode(length + 1);
            return Optional.empty();
        }
        int end = text.length() - 1;
        if (text.charAt(end) != COMMA) {
            throw new MalformedRequestException(MALFORMED_REQUEST);
        }
        parser.delimitedMode(":");
        return Optional.of(Buffer.buffer(netstring(answer(text.substring(0, end)))));
    }

    private String answer(String request) {
        int blank = request.indexOf(' ');
        if (blank < 0 || !request.substring(0, blank).equals(MAP_NAME)) {
            return UNKNOWN_MAP;
        }
        return lookup.action(request.substring(blank + 1), listing.get())
                .map(action -> "OK " + action)
                .orElse(NOT_FOUND);
    }

    private static String netstring(String text) {
        return text.length() + ":" + text + COMMA;
    }
}
