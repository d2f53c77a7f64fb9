package org.decoymx.ledger;

import java.util.Locale;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Verb;

/**
 * Evidence from the latest session of a sender. It is stored on disk only. Recipient addresses are not stored.
 *
 * @param helo the HELO name, printable ASCII, truncated
 * @param senderDomain the domain of the reverse-path, printable ASCII in lower case, truncated; empty for {@code <>}
 * @param deepest the deepest verb that was accepted
 * @param tls whether the session used TLS
 * @param ended how the session ended
 * @param recipients number of recipients
 */
public record SessionEvidence(
        String helo, String senderDomain, Verb deepest, boolean tls, Outcome ended, int recipients) {
    public static final int MAX_TEXT = 128;

    static SessionEvidence of(Sighting sighting) {
        SessionFacts facts = sighting.facts();
        String domain = facts.sender().substring(facts.sender().lastIndexOf('@') + 1);
        return new SessionEvidence(
                truncate(facts.helo()),
                truncate(domain.toLowerCase(Locale.ROOT)),
                facts.deepestVerb(),
                facts.tls(),
                sighting.outcome(),
                facts.recipients());
    }

    private static String truncate(String text) {
        return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
    }
}
