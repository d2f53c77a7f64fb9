package org.decoymx.smtp.protocol;

/** What is noted of a session: habits of spamware that a careful mail server does not have. */
public enum Trait {
    /** Talked before the greeting was complete (RFC 5321 section 4.3.1). */
    EARLY_TALKER("spoke before the greeting ended"),
    /** Sent commands in a batch where RFC 2920 does not allow it: before EHLO was answered, or after DATA. */
    PIPELINED_UNASKED("pipelined commands without leave"),
    /** Sent a bare CR, a bare LF or a NUL in a command line (RFC 5321 section 2.3.8). */
    BARE_NEWLINE("sent bare CR, bare LF or NUL"),
    /** Opened with another protocol: HTTP, TLS, SSH, binary. */
    NOT_SMTP("spoke another protocol than SMTP"),
    /** Sent a command out of order (RFC 5321 section 4.1.4). */
    BAD_ORDER("sent commands out of order"),
    /** Gave in HELO our own name or address, localhost, or a bare word (RFC 5321 section 4.1.1.1). */
    HELO_LIES("gave a false name in HELO"),
    /** Gave in HELO our own name or address: no proper sender can be made to do that. */
    HELO_OURS("gave our own name in HELO"),
    /** Tried AUTH, which was never offered. */
    AUTH_PROBE("tried to log in"),
    /** Named a recipient outside the protected domains. */
    RELAY_PROBE("tried to relay to a foreign domain"),
    /** Named more recipients than a transaction takes. */
    MANY_RECIPIENTS("named more than 100 recipients"),
    /** Went on sending the message although DATA had been refused. */
    TALKS_ON("sent the message although it had been refused"),
    /** Left without QUIT (RFC 5321 section 4.1.1.10). */
    NO_QUIT("left without QUIT"),
    /** Made so many errors that the decoy closed the session. */
    FLOOD("made too many errors");

    private final String description;

    Trait(String words) {
        this.description = words;
    }

    /** The trait as the end of a sentence that begins with the sender: "spoke before the greeting ended". */
    public String description() {
        return description;
    }
}
