package org.decoymx.ledger;

import java.util.Locale;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Ending;
import org.decoymx.smtp.protocol.Notes;
import org.decoymx.smtp.protocol.Verb;

/**
 * What a sender's latest session looked like; kept on disk only. Recipients are counted, never named.
 *
 * @param helo the name in its HELO, printable ASCII, cut
 * @param senderDomain the domain of its reverse-path, printable ASCII in lower case, cut; empty for {@code <>}
 * @param deepest the deepest verb that was taken
 * @param tls whether TLS was on
 * @param ending how the session ended
 * @param recipients how many recipients it named
 */
public record Evidence(String helo, String senderDomain, Verb deepest, boolean tls, Ending ending, int recipients) {
    static final int MAX_TEXT = 128;

    static Evidence of(Sighting sighting) {
        Notes notes = sighting.notes();
        String domain = notes.sender().substring(notes.sender().lastIndexOf('@') + 1);
        return new Evidence(
                cut(notes.helo()),
                cut(domain.toLowerCase(Locale.ROOT)),
                notes.deepest(),
                notes.tls(),
                sighting.ending(),
                notes.recipients());
    }

    private static String cut(String text) {
        return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
    }
}
