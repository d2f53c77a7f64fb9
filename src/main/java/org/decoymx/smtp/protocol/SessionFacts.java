package org.decoymx.smtp.protocol;

import java.util.Set;

/**
 * What a conversation has learnt of its client so far.
 *
 * @param deepestVerb the deepest verb that was taken: a refused RCPT does not count, DATA counts although it gets 451
 * @param traits its habits
 * @param helo the name in its last HELO or EHLO as printable ASCII, empty before
 * @param sender its last reverse-path as printable ASCII, empty before MAIL and for {@code <>}
 * @param recipients how many well-formed recipients it named
 * @param protectedRecipients how many of these were taken: in a protected domain, and not too many
 * @param tls whether TLS was on
 */
public record SessionFacts(
        Verb deepestVerb,
        Set<Trait> traits,
        String helo,
        String sender,
        int recipients,
        int protectedRecipients,
        boolean tls) {}
