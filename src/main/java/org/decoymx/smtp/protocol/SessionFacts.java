package org.decoymx.smtp.protocol;

import java.util.Set;

/**
 * The facts that a conversation has recorded about its client so far.
 *
 * @param deepestVerb the deepest verb that was accepted: not a refused RCPT, but DATA, although its reply is 451
 * @param traits the client's traits
 * @param helo the name in the last HELO or EHLO as printable ASCII; empty before
 * @param sender the last reverse-path as printable ASCII; empty before MAIL and for {@code <>}
 * @param recipients the number of well-formed recipients
 * @param protectedRecipients how many of them were accepted: in a protected domain, and within the limit
 * @param tls whether TLS was active
 */
public record SessionFacts(
        Verb deepestVerb,
        Set<Trait> traits,
        String helo,
        String sender,
        int recipients,
        int protectedRecipients,
        boolean tls) {}
