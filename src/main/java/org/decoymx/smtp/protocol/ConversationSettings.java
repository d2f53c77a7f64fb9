package org.decoymx.smtp.protocol;

/**
 * What all conversations of a decoy share.
 *
 * @param hostname the name in greeting and replies
 * @param persona the words
 * @param domains whose recipients are taken
 * @param maxSize what SIZE announces, in octets
 * @param startTls whether STARTTLS can be offered
 */
public record ConversationSettings(
        String hostname, Persona persona, ProtectedDomains domains, long maxSize, boolean startTls) {}
