package org.decoymx.postfix;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.parsetools.RecordParser;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.net.RequestHandler;

/**
 * The Postfix policy delegation protocol (SMTPD_POLICY_README): a request consists of name=value lines and an empty
 * line, and the response is an action, which depends on the client address only. A request that is not understood gets
 * DUNNO, so that no mail is lost.
 */
final class PolicyRequestHandler implements RequestHandler {
    /** Maximum octets of a request: Postfix sends about forty attributes, and few of them are long. */
    static final int MAX_REQUEST = 16_384;

    private static final String REQUEST_END = "\n\n";
    private static final String CLIENT_ADDRESS = "client_address=";
    private static final String SASL_USERNAME = "sasl_username=";
    private static final String SERVER_PORT = "server_port=";
    private static final Set<String> SUBMISSION_PORTS = Set.of("587", "465");
    private static final String INSTANCE = "instance=";
    private static final String DUNNO = "DUNNO";

    private final PostfixLookup lookup;
    private final Supplier<Blocklist> blocklist;
    private final Consumer<IpPrefix> visitListener;
    private String lastInstance = "";

    /**
     * @param visitListener receives each client that connects to the primary MX, but not those that submit mail
     */
    PolicyRequestHandler(PostfixLookup lookup, Supplier<Blocklist> blocklist, Consumer<IpPrefix> visitListener) {
        this.lookup = lookup;
        this.blocklist = blocklist;
        this.visitListener = visitListener;
    }

    @Override
    public void initialize(RecordParser parser) {
        parser.delimitedMode(REQUEST_END);
    }

    @Override
    public Optional<Buffer> handleRecord(Buffer request, RecordParser parser) {
        String attributes = request.toString(StandardCharsets.ISO_8859_1);
        String client = attributeValue(attributes, CLIENT_ADDRESS);
        if (!isSubmission(attributes)) {
            IpText.parseHostNetwork(client).ifPresent(visitListener);
        }
        String action = lookup.findAction(client, blocklist.get())
                .filter(found -> lookup.configuredAction() != PostfixAction.PREPEND
                        || isNewInstance(attributeValue(attributes, INSTANCE)))
                .orElse(DUNNO);
        return Optional.of(Buffer.buffer("action=" + action + REQUEST_END));
    }

    /**
     * Submission (RFC 6409, RFC 8314) proves nothing about a mail server. Postfix names the port since 3.2. Other ports
     * than 25 count, because port 25 may be forwarded to them.
     */
    private static boolean isSubmission(String attributes) {
        return !attributeValue(attributes, SASL_USERNAME).isEmpty()
                || SUBMISSION_PORTS.contains(attributeValue(attributes, SERVER_PORT));
    }

    /** Lines end with LF only; a value that the client chose may contain a CR. */
    private static String attributeValue(String attributes, String name) {
        return Stream.of(attributes.split("\n", -1))
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()))
                .findFirst()
                .orElse("");
    }

    /** Postfix asks for each recipient and keeps every header. One header per message (instance) is enough. */
    private boolean isNewInstance(String instance) {
        boolean isNew = instance.isEmpty() || !instance.equals(lastInstance);
        lastInstance = instance;
        return isNew;
    }
}
