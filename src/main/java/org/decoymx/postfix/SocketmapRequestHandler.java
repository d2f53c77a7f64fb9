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
 * The socketmap protocol of Sendmail and Postfix (socketmap_table(5)): a request is a netstring of a map name, a space
 * and a key. The only map is {@code decoy}; its keys are addresses. Postfix looks up host names too, which are never
 * found.
 */
final class SocketmapRequestHandler implements RequestHandler {
    /** Maximum octets of a request; a key is a host name or an address. */
    static final int MAX_REQUEST = 2_048;

    private static final String MAP_NAME = "decoy";
    private static final Pattern NETSTRING_LENGTH = Pattern.compile("0|[1-9][0-9]{0,4}");
    private static final String MALFORMED_REQUEST =
            netstring("PERM a request must be a netstring of at most " + MAX_REQUEST + " octets");
    private static final String UNKNOWN_MAP = "PERM no such map; the only map is " + MAP_NAME;
    private static final String NOT_FOUND = "NOTFOUND ";
    private static final char COMMA = ',';

    private final PostfixLookup lookup;
    private final Supplier<Blocklist> blocklist;
    private boolean lengthRead;

    SocketmapRequestHandler(PostfixLookup lookup, Supplier<Blocklist> blocklist) {
        this.lookup = lookup;
        this.blocklist = blocklist;
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
        int space = request.indexOf(' ');
        if (space < 0 || !request.substring(0, space).equals(MAP_NAME)) {
            return UNKNOWN_MAP;
        }
        return lookup.findAction(request.substring(space + 1), blocklist.get())
                .map(action -> "OK " + lookup.counted(action))
                .orElse(NOT_FOUND);
    }

    private static String netstring(String text) {
        return text.length() + ":" + text + COMMA;
    }
}
