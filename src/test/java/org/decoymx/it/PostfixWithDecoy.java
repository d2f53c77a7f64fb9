package org.decoymx.it;

import java.io.IOException;

/** A Postfix that is a real MX of example.org, and asks a decoy about each client as a file of deploy/consumers says. */
final class PostfixWithDecoy {
    /** Any client may say that it is another. */
    private static final String XCLIENT = """
            relay_transport = smtp
            smtpd_authorized_xclient_hosts = 127.0.0.0/8
            """;

    /** Whence those come who say that they are another. */
    private static final String PROXY = "127.0.0.4";

    private PostfixWithDecoy() {}

    /** Asks the policy service. */
    static Postfix startWithPolicyService(DecoyProcess decoy) {
        return startWithPolicyService(decoy, "");
    }

    /**
     * Asks the policy service.
     *
     * @param more more lines of main.cf
     */
    static Postfix startWithPolicyService(DecoyProcess decoy, String more) {
        return startPostfix("postfix/policy.cf", "127.0.0.1:10031", decoy.policyPort(), more);
    }

    /** Looks up in the socketmap. */
    static Postfix startWithSocketmap(DecoyProcess decoy) {
        return startPostfix("postfix/socketmap.cf", "127.0.0.1:10032", decoy.socketmapPort(), "");
    }

    private static Postfix startPostfix(String snippet, String server, int port, String more) {
        return new Postfix(
                PostfixMx.MAIN_CF + XCLIENT + more + ConsumerFiles.readAdapted(snippet, server, "127.0.0.1:" + port),
                "");
    }

    /** What a client with any address at all is told: the first refusal, or the answer to RCPT. */
    static String replyTo(Postfix mx, String client) throws IOException {
        try (SmtpClient socket = new SmtpClient(mx.port(), PROXY)) {
            socket.readReply();
            socket.sendLine("XCLIENT NAME=[UNAVAILABLE] ADDR=" + (client.contains(":") ? "IPV6:" : "") + client);
            return TrialDecoy.replyTo(socket);
        }
    }
}
