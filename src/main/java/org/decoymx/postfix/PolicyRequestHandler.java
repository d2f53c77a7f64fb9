package org.decoymx.postfix;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.parsetools.RecordParser;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.ledger.Origin;
import org.decoymx.net.RequestHandler;

/**
 * The policy delegation protocol of Postfix (SMTPD_POLICY_README): lines of name=value and an empty one, answered by an
 * action. The client's address matters. Whatever cannot be understood is answered with DUNNO, as no mail must be lost
 * by it.
 */
final class PolicyRequestHandler implements RequestHandler {
    /** Octets of a request: Postfix has some forty attributes, of which few are long. */
    static final int MAX_REQUEST = 16_384;

    private static final String REQUEST_END = "\n\n";
    private static final String CLIENT_ADDRESS = "client_address=";
    private static final String INSTANCE = "instance=";
    private static final String DUNNO = "DUNNO";

    private final PostfixLookup lookup;
    private final Supplier<Blocklist> listing;
    private final Consumer<Origin> visitListener;
    private String lastInstance = "";

    /**
     * @param witness is told of everybody who is at the primary MX
     */
    PolicyRequestHandler(PostfixLookup lookup, Supplier<Blocklist> listing, Consumer<Origin> witness) {
        this.lookup = lookup;
        this.listing = listing;
        this.visitListener = witness;
    }

    @Override
    public void initialize(RecordParser parser) {
        parser.delimitedMode(REQUEST_END);
    }

    @Override
    public Optional<Buffer> handleRecord(Buffer request, RecordParser parser) {
        String attributes = request.toString(StandardCharsets.ISO_8859_1);
        String client = attributeValue(attributes, CLIENT_ADDRESS);
        Origin.parse(client).ifPresent(visitListener);
        String action = lookup.action(client, listing.get())
                .filter(found ->
                        lookup.action() != PostfixAction.PREPEND || isNewInstance(attributeValue(attributes, INSTANCE)))
                .orElse(DUNNO);
        return Optional.of(Buffer.buffer("action=" + action + REQUEST_END));
    }

    /** Lines end with LF alone; a CR may be in what a stranger said. */
    private static String attributeValue(String attributes, String name) {
        return Stream.of(attributes.split("\n", -1))
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()))
                .findFirst()
                .orElse("");
    }

    /** Postfix asks once for each recipient and keeps every header: one is enough for a mail, which is an instance. */
    private boolean isNewInstance(String instance) {
        boolean news = instance.isEmpty() || !instance.equals(lastInstance);
        lastInstance = instance;
        return news;
    }
}
