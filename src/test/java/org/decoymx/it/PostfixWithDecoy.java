package org.decoymx.it;

import java.io.IOException;

/** A Postfix that is the primary MX of example.org and queries a decoy with a configuration from deploy/consumers. */
final class PostfixWithDecoy {
    /** Each client may send XCLIENT to set its address. */
    private static final String XCLIENT = """
            relay_transport = smtp
            smtpd_authorized_xclient_hosts = 127.0.0.0/8
            """;

    /** The address of the client that sends XCLIENT. */
    private static final String PROXY = "127.0.0.4";

    private PostfixWithDecoy() {}

    /** Starts a Postfix that queries the policy service. */
    static Postfix startWithPolicyService(DecoyProcess decoy) {
        return startWithPolicyService(decoy, "");
    }

    /**
     * Starts a Postfix that queries the policy service.
     *
     * @param main more lines of main.cf
     */
    static Postfix startWithPolicyService(DecoyProcess decoy, String main) {
        return startPostfix("postfix/policy.cf", "127.0.0.1:10031", decoy.policyPort(), main);
    }

    /** Starts a Postfix that looks clients up in the socketmap. */
    static Postfix startWithSocketmap(DecoyProcess decoy) {
        return startPostfix("postfix/socketmap.cf", "127.0.0.1:10032", decoy.socketmapPort(), "");
    }

    private static Postfix startPostfix(String snippet, String server, int port, String main) {
        return new Postfix(
                PostfixMx.MAIN_CF + XCLIENT + main + ConsumerFiles.readAdapted(snippet, server, "127.0.0.1:" + port),
                "");
    }

    /** The reply that a client with any address gets on port 25: the first rejection, or the reply to RCPT. */
    static String replyTo(Postfix mx, String client) throws IOException {
        return replyTo(mx, client, 25);
    }

    /** The same on any port, which the policy request then contains. */
    static String replyTo(Postfix mx, String client, int port) throws IOException {
        try (SmtpClient socket = new SmtpClient(mx.port(), PROXY)) {
            socket.readReply();
            socket.sendLine("XCLIENT NAME=[UNAVAILABLE] ADDR=" + (client.contains(":") ? "IPV6:" : "") + client
                    + " DESTPORT=" + port);
            return TrialDecoy.replyTo(socket);
        }
    }
}
