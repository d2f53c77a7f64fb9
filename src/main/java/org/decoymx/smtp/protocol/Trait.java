package org.decoymx.smtp.protocol;

/** Behavior of a session that is typical of spamware and not of a correct mail server. */
public enum Trait {
    /** Sent data before the greeting was complete (RFC 5321 section 4.3.1). */
    EARLY_TALKER("spoke before the greeting ended"),
    /** Sent commands in a batch where RFC 2920 does not allow it: before the reply to EHLO, or after DATA. */
    PIPELINED_UNASKED("pipelined commands where RFC 2920 does not allow it"),
    /** Sent a bare CR, a bare LF or a NUL in a command line (RFC 5321 section 2.3.8). */
    BARE_NEWLINE("sent bare CR, bare LF or NUL"),
    /** Started with another protocol: HTTP, TLS, SSH, binary. */
    NOT_SMTP("spoke a protocol other than SMTP"),
    /** Sent a command out of order (RFC 5321 section 4.1.4). */
    BAD_ORDER("sent commands out of order"),
    /** Sent our own name or address, localhost, or a name without a dot in HELO (RFC 5321 section 4.1.1.1). */
    HELO_LIES("gave a false name in HELO"),
    /** Sent our own name or address in HELO: no third party can make a correct mail server do that. */
    HELO_OURS("gave our own name in HELO"),
    /** Sent AUTH, which EHLO does not offer. */
    AUTH_PROBE("tried to log in"),
    /** Named a recipient outside the protected domains. */
    RELAY_PROBE("tried to relay to a foreign domain"),
    /** Named more recipients than a transaction accepts. */
    MANY_RECIPIENTS("named more than 100 recipients"),
    /** Sent the message although DATA had been refused. */
    TALKS_ON("sent the message although it had been refused"),
    /** Disconnected without QUIT (RFC 5321 section 4.1.1.10). */
    NO_QUIT("left without QUIT"),
    /** Made so many errors that the decoy closed the session. */
    FLOOD("made too many errors");

    private final String description;

    Trait(String description) {
        this.description = description;
    }

    /** The trait as the predicate of a sentence whose subject is the sender: "spoke before the greeting ended". */
    public String description() {
        return description;
    }
}
