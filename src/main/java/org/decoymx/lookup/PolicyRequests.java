package org.decoymx.lookup;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.parsetools.RecordParser;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.decoymx.inet.Requests;
import org.decoymx.ledger.Origin;
import org.decoymx.listing.Listing;

/**
 * The policy delegation protocol of Postfix (SMTPD_POLICY_README): lines of name=value and an empty one, answered by an
 * action. Only the client's address matters. Whatever cannot be understood is answered with DUNNO, as no mail must be lost
 * by it.
 */
final class PolicyRequests implements Requests {
    /** Octets of a request: Postfix has some forty attributes, of which few are long. */
    static final int MAX_REQUEST = 16_384;

    private static final String END = "\n\n";
    private static final String ADDRESS = "client_address=";
    private static final String DUNNO = "DUNNO";

    private final Lookup lookup;
    private final Supplier<Listing> listing;
    private final Consumer<Origin> witness;

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
        String action = address(request.toString(StandardCharsets.ISO_8859_1))
                .flatMap(this::action)
                .orElse(DUNNO);
        return Optional.of(Buffer.buffer("action=" + action + END));
    }

    private static Optional<String> address(String attributes) {
        return attributes
                .lines()
                .filter(line -> line.startsWith(ADDRESS))
                .map(line -> line.substring(ADDRESS.length()))
                .findFirst();
    }

    private Optional<String> action(String address) {
        Optional<Origin> origin = Origin.parse(address);
        origin.ifPresent(witness);
        return origin.flatMap(known -> lookup.action(known, address, listing.get()));
    }
}
