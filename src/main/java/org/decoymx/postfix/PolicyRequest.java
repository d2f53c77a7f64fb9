package org.decoymx.postfix;

import java.util.Optional;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;

/**
 * The attributes of a request of the Postfix policy delegation protocol (SMTPD_POLICY_README); an attribute that is
 * missing is empty.
 *
 * @param clientAddress as Postfix writes it
 * @param sender the reverse-path; empty for {@code <>}
 * @param recipient empty if Postfix asks before RCPT, or after several recipients
 * @param instance the same for all requests about one message
 * @param serverAddress where the client connected to; only Postfix 3.2 or newer says it
 */
record PolicyRequest(
        String clientAddress,
        String sender,
        String recipient,
        String instance,
        String protocolState,
        String saslUsername,
        String serverPort,
        String serverAddress,
        String heloName) {
    private static final int ATTRIBUTES = 9;

    /** Lines end with LF only; a value that the client chose may contain a CR. Of an attribute, the first counts. */
    static PolicyRequest parse(String lines) {
        String[] values = new String[ATTRIBUTES];
        int start = 0;
        while (start < lines.length()) {
            int end = lines.indexOf('\n', start);
            end = end < 0 ? lines.length() : end;
            String line = lines.substring(start, end);
            int equals = line.indexOf('=');
            int index = equals < 0 ? -1 : index(line.substring(0, equals));
            if (index >= 0 && values[index] == null) {
                values[index] = line.substring(equals + 1);
            }
            start = end + 1;
        }
        for (int i = 0; i < ATTRIBUTES; i++) {
            values[i] = values[i] == null ? "" : values[i];
        }
        return new PolicyRequest(
                values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7], values[8]);
    }

    private static int index(String name) {
        return switch (name) {
            case "client_address" -> 0;
            case "sender" -> 1;
            case "recipient" -> 2;
            case "instance" -> 3;
            case "protocol_state" -> 4;
            case "sasl_username" -> 5;
            case "server_port" -> 6;
            case "server_address" -> 7;
            case "helo_name" -> 8;
            default -> -1;
        };
    }

    /** The client; empty if this is no request about one. */
    Optional<IpPrefix> client() {
        return IpText.parseHostNetwork(clientAddress);
    }

    /** Whether the client has logged in. */
    boolean isAuthenticated() {
        return !saslUsername.isEmpty();
    }

    /** Whether this is a person who submits mail, and no mail server: with a login, or on a submission port. */
    boolean isSubmission() {
        return isAuthenticated() || serverPort.equals("587") || serverPort.equals("465");
    }

    /** Whether Postfix asks about one recipient. */
    boolean isRecipient() {
        return protocolState.equals("RCPT") && !recipient.isEmpty();
    }

    /** Whether the message was sent already; what becomes of it is not known. */
    boolean isEndOfMessage() {
        return protocolState.equals("END-OF-MESSAGE");
    }
}
