package org.decoymx.smtp.protocol;

/**
 * The settings that all conversations share.
 *
 * @param hostname the name in greeting and replies
 * @param persona the reply texts
 * @param domains the protected domains, whose recipients are accepted
 * @param maxSize the limit that SIZE announces, in octets (RFC 1870)
 * @param startTls whether STARTTLS is offered
 */
public record ConversationSettings(
        String hostname, Persona persona, ProtectedDomains domains, long maxSize, boolean startTls) {}
