package org.decoymx.postfix;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.parsetools.RecordParser;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.net.RequestHandler;
import org.decoymx.policy.VisitVerdict;

/**
 * The Postfix policy delegation protocol (SMTPD_POLICY_README): a request consists of name=value lines and an empty
 * line, and the response is an action. A request that is not understood gets DUNNO, so that no mail is lost. At the end
 * of a message the action is DUNNO, because the message was offered and deferred at RCPT, or let in.
 */
final class PolicyRequestHandler implements RequestHandler {
    /** Maximum octets of a request: Postfix sends about forty attributes, and few of them are long. */
    static final int MAX_REQUEST = 16_384;

    private static final String REQUEST_END = "\n\n";
    private static final String DUNNO = "DUNNO";

    private final PostfixLookup lookup;
    private final Supplier<Blocklist> blocklist;
    private final ClientTrust trust;
    private final IpPrefix connection;
    private final BiConsumer<IpPrefix, IpPrefix> visitListener;
    private String lastInstance = "";

    /**
     * @param connection the address of the primary MX that asks
     * @param visitListener receives each client that connects to the primary MX, and the address of that; not those
     *     that submit mail
     */
    PolicyRequestHandler(
            PostfixLookup lookup,
            Supplier<Blocklist> blocklist,
            ClientTrust trust,
            IpPrefix connection,
            BiConsumer<IpPrefix, IpPrefix> visitListener) {
        this.lookup = lookup;
        this.blocklist = blocklist;
        this.trust = trust;
        this.connection = connection;
        this.visitListener = visitListener;
    }

    @Override
    public void initialize(RecordParser parser) {
        parser.delimitedMode(REQUEST_END);
    }

    @Override
    public Optional<Buffer> handleRecord(Buffer octets, RecordParser parser) {
        PolicyRequest request = PolicyRequest.parse(octets.toString(StandardCharsets.ISO_8859_1));
        String action = request.client()
                .flatMap(client -> findAction(request, client))
                .filter(found ->
                        lookup.configuredAction() != PostfixAction.PREPEND || isNewInstance(request.instance()))
                .map(lookup::counted)
                .orElse(DUNNO);
        return Optional.of(Buffer.buffer("action=" + action + REQUEST_END));
    }

    private Optional<String> findAction(PolicyRequest request, IpPrefix client) {
        if (!trust.recordReport(request, client, connection)) {
            return Optional.empty();
        }
        if (!request.isSubmission() && !request.isEndOfMessage()) {
            visitListener.accept(
                    client, IpText.parseAddress(request.serverAddress()).orElse(connection));
        }
        Blocklist current = blocklist.get();
        Optional<Blocklist.BlocklistEntry> entry = lookup.findEntry(client, current);
        VisitVerdict verdict = trust.record(request, client, entry, lookup.configuredAction());
        return verdict == VisitVerdict.DUNNO || request.isEndOfMessage()
                ? Optional.empty()
                : entry.map(found -> verdict == VisitVerdict.DEFER && trust.isConfirmed(client)
                        ? lookup.deferralOfConfirmed(request.clientAddress(), found, current.mode())
                        : lookup.actionFor(verdict, request.clientAddress(), found, current.mode()));
    }

    /** Postfix asks for each recipient and keeps every header. One header per message (instance) is enough. */
    private boolean isNewInstance(String instance) {
        boolean isNew = instance.isEmpty() || !instance.equals(lastInstance);
        lastInstance = instance;
        return isNew;
    }
}
