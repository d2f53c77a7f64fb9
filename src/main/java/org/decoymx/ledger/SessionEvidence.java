package org.decoymx.ledger;

import java.util.Locale;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Verb;

/**
 * What a sender's latest session looked like; kept on disk only. Recipients are counted, never named.
 *
 * @param helo the name in its HELO, printable ASCII, cut
 * @param senderDomain the domain of its reverse-path, printable ASCII in lower case, cut; empty for {@code <>}
 * @param deepest the deepest verb that was taken
 * @param tls whether TLS was on
 * @param outcome how the session ended
 * @param recipients how many recipients it named
 */
public record SessionEvidence(
        String helo, String senderDomain, Verb deepest, boolean tls, Outcome outcome, int recipients) {
    static final int MAX_TEXT = 128;

    static SessionEvidence of(Sighting sighting) {
        SessionFacts notes = sighting.facts();
        String domain = notes.sender().substring(notes.sender().lastIndexOf('@') + 1);
        return new SessionEvidence(
                truncate(notes.helo()),
                truncate(domain.toLowerCase(Locale.ROOT)),
                notes.deepestVerb(),
                notes.tls(),
                sighting.outcome(),
                notes.recipients());
    }

    private static String truncate(String text) {
        return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
    }
}
