package org.decoymx.postfix;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.parsetools.RecordParser;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.decoymx.blocklist.Listing;
import org.decoymx.ledger.Origin;
import org.decoymx.net.Requests;

/**
 * The policy delegation protocol of Postfix (SMTPD_POLICY_README): lines of name=value and an empty one, answered by an
 * action. The client's address matters. Whatever cannot be understood is answered with DUNNO, as no mail must be lost
 * by it.
 */
final class PolicyRequests implements Requests {
    /** Octets of a request: Postfix has some forty attributes, of which few are long. */
    static final int MAX_REQUEST = 16_384;

    private static final String END = "\n\n";
    private static final String ADDRESS = "client_address=";
    private static final String INSTANCE = "instance=";
    private static final String DUNNO = "DUNNO";

    private final Lookup lookup;
    private final Supplier<Listing> listing;
    private final Consumer<Origin> witness;
    private String told = "";

    /**
     * @param witness is told of everybody who is at the primary MX
     */
    PolicyRequests(Lookup lookup, Supplier<Listing> listing, Consumer<Origin> witness) {
        this.lookup = lookup;
        this.listing = listing;
        this.witness = witness;
    }

    @Override
    public void begin(RecordParser parser) {
        parser.delimitedMode(END);
    }

    @Override
    public Optional<Buffer> take(Buffer request, RecordParser parser) {
        String attributes = request.toString(StandardCharsets.ISO_8859_1);
        String client = value(attributes, ADDRESS);
        Origin.parse(client).ifPresent(witness);
        String action = lookup.action(client, listing.get())
                .filter(found -> lookup.action() != Action.PREPEND || isNews(value(attributes, INSTANCE)))
                .orElse(DUNNO);
        return Optional.of(Buffer.buffer("action=" + action + END));
    }

    /** Lines end with LF alone; a CR may be in what a stranger said. */
    private static String value(String attributes, String name) {
        return Stream.of(attributes.split("\n", -1))
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()))
                .findFirst()
                .orElse("");
    }

    /** Postfix asks once for each recipient and keeps every header: one is enough for a mail, which is an instance. */
    private boolean isNews(String instance) {
        boolean news = instance.isEmpty() || !instance.equals(told);
        told = instance;
        return news;
    }
}
