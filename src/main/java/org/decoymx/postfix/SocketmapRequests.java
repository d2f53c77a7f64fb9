package org.decoymx.postfix;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.parsetools.RecordParser;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.decoymx.blocklist.Listing;
import org.decoymx.net.Requests;

/**
 * The socketmap protocol of Sendmail and Postfix (socketmap_table(5)): netstrings, each a map's name, a blank and a key. The
 * one map is {@code decoy}, its keys are addresses; Postfix asks for host names too, and is told that there are none.
 */
final class SocketmapRequests implements Requests {
    /** Octets of a request; a key is a host name or an address. */
    static final int MAX_REQUEST = 2_048;

    private static final String MAP = "decoy";
    private static final Pattern LENGTH = Pattern.compile("0|[1-9][0-9]{0,4}");
    private static final String BAD_LENGTH =
            netstring("PERM a request is a netstring of " + MAX_REQUEST + " octets at most");
    private static final String NO_MAP = "PERM there is no such map; there is " + MAP;
    private static final String NOT_FOUND = "NOTFOUND ";
    private static final char COMMA = ',';

    private final Lookup lookup;
    private final Supplier<Listing> listing;
    private boolean lengthRead;

    SocketmapRequests(Lookup lookup, Supplier<Listing> listing) {
        this.lookup = lookup;
        this.listing = listing;
    }

    @Override
    public void begin(RecordParser parser) {
        parser.delimitedMode(":");
    }

    @Override
    public Optional<Buffer> take(Buffer octets, RecordParser parser) throws Unanswerable {
        String text = octets.toString(StandardCharsets.ISO_8859_1);
        lengthRead = !lengthRead;
        if (lengthRead) {
            int length = LENGTH.matcher(text).matches() ? Integer.parseInt(text) : MAX_REQUEST + 1;
            if (length > MAX_REQUEST) {
                throw new Unanswerable(BAD_LENGTH);
            }
            parser.fixedSizeMode(length + 1);
            return Optional.empty();
        }
        int end = text.length() - 1;
        if (text.charAt(end) != COMMA) {
            throw new Unanswerable(BAD_LENGTH);
        }
        parser.delimitedMode(":");
        return Optional.of(Buffer.buffer(netstring(answer(text.substring(0, end)))));
    }

    private String answer(String request) {
        int blank = request.indexOf(' ');
        if (blank < 0 || !request.substring(0, blank).equals(MAP)) {
            return NO_MAP;
        }
        return lookup.action(request.substring(blank + 1), listing.get())
                .map(action -> "OK " + action)
                .orElse(NOT_FOUND);
    }

    private static String netstring(String text) {
        return text.length() + ":" + text + COMMA;
    }
}
