package org.decoymx.it;

import java.io.IOException;

/** A Postfix that is a real MX of example.org, and asks a decoy about each client as a file of deploy/consumers says. */
final class AskingMx {
    /** Any client may say that it is another. */
    private static final String XCLIENT = """
            relay_transport = smtp
            smtpd_authorized_xclient_hosts = 127.0.0.0/8
            """;

    /** Whence those come who say that they are another. */
    private static final String PROXY = "127.0.0.4";

    private AskingMx() {}

    /** Asks the policy service. */
    static Postfix policy(Decoy decoy) {
        return policy(decoy, "");
    }

    /**
     * Asks the policy service.
     *
     * @param more more lines of main.cf
     */
    static Postfix policy(Decoy decoy, String more) {
        return asking("postfix/policy.cf", "127.0.0.1:10031", decoy.policyPort(), more);
    }

    /** Looks up in the socketmap. */
    static Postfix socketmap(Decoy decoy) {
        return asking("postfix/socketmap.cf", "127.0.0.1:10032", decoy.socketmapPort(), "");
    }

    private static Postfix asking(String snippet, String server, int port, String more) {
        return new Postfix(Mx.MAIN + XCLIENT + more + Adapted.text(snippet, server, "127.0.0.1:" + port), "");
    }

    /** What a client with any address at all is told: the first refusal, or the answer to RCPT. */
    static String told(Postfix mx, String client) throws IOException {
        try (SmtpSocket socket = new SmtpSocket(mx.port(), PROXY)) {
            socket.reply();
            socket.send("XCLIENT NAME=[UNAVAILABLE] ADDR=" + (client.contains(":") ? "IPV6:" : "") + client);
            return Caught.told(socket);
        }
    }
}
