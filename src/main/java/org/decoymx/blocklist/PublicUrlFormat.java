package org.decoymx.blocklist;

import java.net.URI;
import org.decoymx.support.ValueFormat;

/** The URL that people are told to look at; without a user name, as all the world reads it. */
final class PublicUrlFormat implements ValueFormat {
    @Override
    public boolean accepts(String value) {
        return ValueFormat.parses(() -> new RejectMessage(value))
                && URI.create(value).getRawUserInfo() == null;
    }

    @Override
    public String expected() {
        return "an http or https URL without user, query and fragment, at most 120 printable ASCII characters"
                + " (example: https://decoy.example.org)";
    }
}
