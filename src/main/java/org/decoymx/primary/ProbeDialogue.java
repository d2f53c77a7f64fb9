package org.decoymx.primary;

/**
 * The client side of a probe, without I/O: EHLO, STARTTLS if it is offered, MAIL with a null reverse-path, RCPT for
 * postmaster, RSET. A primary that answers 4xx to one of them, or 5xx to STARTTLS, sends good senders to the next MX:
 * it is down. A 5xx to MAIL or RCPT is its own answer, and keeps them from the decoy: it is up. A 4xx to RCPT alone,
 * but not 421, may only be meant for the probe, as greylisting is: this says nothing. Each probe has the same envelope,
 * so greylisting lets it through in the end.
 *
 * <pre>
 * GREETING -> EHLO -> STARTTLS -> EHLO_TLS -> MAIL -> RCPT -> RSET
 *               +---> HELO ------------------->^
 * </pre>
 */
final class ProbeDialogue {
    private static final String OK = "250";
    private static final String OK_OR_PERMANENT = "2|5";
    private static final String ANY_BUT_CLOSING = "2|5|4(?!21)";
    private static final String STARTTLS = "STARTTLS";

    private final ProbeDepth depth;
    private final String recipient;
    private final boolean tlsExpected;
    private ProbeStep step = ProbeStep.GREETING;
    private ReplyParser parser = new ReplyParser(ProbeStep.GREETING.reply, ProbeStep.GREETING.codes);
    private String refusal = "";

    /**
     * @param recipient the address in RCPT
     * @param tlsExpected whether the host offered STARTTLS before, so that some senders insist on it
     */
    ProbeDialogue(ProbeDepth depth, String recipient, boolean tlsExpected) {
        this.depth = depth;
        this.recipient = recipient;
        this.tlsExpected = tlsExpected;
    }

    private enum ProbeStep {
        GREETING("greeting", "220"),
        EHLO("reply to EHLO", "250|5"),
        HELO("reply to HELO", OK),
        STARTTLS("reply to STARTTLS", "220"),
        EHLO_TLS("reply to EHLO after STARTTLS", OK),
        MAIL("reply to MAIL", OK_OR_PERMANENT),
        RCPT("reply to RCPT", ANY_BUT_CLOSING),
        RSET("reply to RSET", OK_OR_PERMANENT);

        private final String reply;
        private final String codes;

        ProbeStep(String reply, String codes) {
            this.reply = reply;
            this.codes = codes;
        }
    }

    /** What to do next. */
    enum ProbeAction {
        /** Wait for more octets. */
        WAIT,
        /** Send {@link #command}. */
        SEND,
        /** Start the TLS handshake, then send {@link #commandAfterTls}. */
        START_TLS,
        UP,
        /** The host defers the probe, see {@link #error}. */
        DEFERRED,
        /** See {@link #error}. */
        DOWN
    }

    /** Processes what the host sent. */
    ProbeAction receive(byte[] octets) {
        return switch (parser.append(octets)) {
            case INCOMPLETE -> ProbeAction.WAIT;
            case REJECTED -> ProbeAction.DOWN;
            case ACCEPTED -> next();
        };
    }

    private ProbeAction next() {
        return switch (step) {
            case GREETING -> depth == ProbeDepth.GREETING ? ProbeAction.UP : send(ProbeStep.EHLO);
            case EHLO -> afterEhlo();
            case STARTTLS -> ProbeAction.START_TLS;
            case HELO, EHLO_TLS -> send(ProbeStep.MAIL);
            case MAIL -> noteRefusal() || depth == ProbeDepth.MAIL ? send(ProbeStep.RSET) : send(ProbeStep.RCPT);
            case RCPT -> afterRcpt();
            case RSET -> ProbeAction.UP;
        };
    }

    private ProbeAction afterEhlo() {
        if (parser.announces(STARTTLS)) {
            return send(ProbeStep.STARTTLS);
        }
        if (tlsExpected) {
            parser.reject("STARTTLS is no longer offered");
            return ProbeAction.DOWN;
        }
        return send(parser.isPermanentFailure() ? ProbeStep.HELO : ProbeStep.MAIL);
    }

    private ProbeAction afterRcpt() {
        if (parser.isTransientFailure()) {
            parser.reject("reply to RCPT: " + parser.quoteLastLine());
            return ProbeAction.DEFERRED;
        }
        noteRefusal();
        return send(ProbeStep.RSET);
    }

    private boolean noteRefusal() {
        if (parser.isPermanentFailure()) {
            refusal = step.reply + ": " + parser.quoteLastLine();
        }
        return !refusal.isEmpty();
    }

    private ProbeAction send(ProbeStep next) {
        step = next;
        parser = new ReplyParser(next.reply, next.codes);
        return ProbeAction.SEND;
    }

    /**
     * The command to send now, without CRLF.
     *
     * @param name our name in EHLO
     */
    String command(String name) {
        return switch (step) {
            case EHLO, EHLO_TLS -> "EHLO " + name;
            case HELO -> "HELO " + name;
            case STARTTLS -> STARTTLS;
            case MAIL -> "MAIL FROM:<>";
            case RCPT -> "RCPT TO:<" + recipient + ">";
            case RSET -> "RSET";
            case GREETING -> throw new IllegalStateException("the host speaks first");
        };
    }

    /** The command to send after the TLS handshake (RFC 3207 section 4.2). */
    String commandAfterTls(String name) {
        send(ProbeStep.EHLO_TLS);
        return command(name);
    }

    /** What the dialogue waits for, for messages: "greeting", "reply to MAIL". */
    String awaited() {
        return step.reply;
    }

    /** Whether the host has to answer RCPT. */
    boolean isRecipientOpen() {
        return step == ProbeStep.RCPT;
    }

    /** Whether the host has offered STARTTLS. */
    boolean isTlsOffered() {
        return step == ProbeStep.STARTTLS;
    }

    /** The 5xx reply to MAIL or RCPT of a host that is up; empty if there was none. */
    String refusal() {
        return refusal;
    }

    /** Why the host is down, or how it defers the probe. */
    String error() {
        return parser.error();
    }
}
