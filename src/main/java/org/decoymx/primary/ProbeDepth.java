package org.decoymx.primary;

/** How far a probe goes. */
public enum ProbeDepth {
    /** Waits for the greeting. */
    GREETING,
    /** STARTTLS, if the host offers it, and MAIL. */
    MAIL,
    /** RCPT too, as a sender does it. */
    RCPT
}
