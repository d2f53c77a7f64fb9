package org.decoymx.admin.notify;

import java.net.URI;
import java.util.Set;
import org.decoymx.support.ValueFormat;

/** A URL that notifications are posted to. Its path may be a secret. */
final class WebhookUrlFormat implements ValueFormat {
    private static final int MAX_LENGTH = 500;
    private static final int MAX_PORT = 65_535;
    private static final Set<String> SCHEMES = Set.of("http", "https");

    @Override
    public boolean accepts(String value) {
        return value.length() <= MAX_LENGTH
                && value.chars().allMatch(c -> c > ' ' && c <= '~')
                && ValueFormat.parses(() -> URI.create(value))
                && isComplete(URI.create(value));
    }

    private static boolean isComplete(URI uri) {
        return SCHEMES.contains(String.valueOf(uri.getScheme()))
                && uri.getHost() != null
                && uri.getPort() != 0
                && uri.getPort() <= MAX_PORT
                && uri.getRawUserInfo() == null
                && uri.getRawFragment() == null;
    }

    @Override
    public String expected() {
        return "an http or https URL without user and fragment, at most " + MAX_LENGTH
                + " printable ASCII characters (example: https://hooks.example.org/decoy)";
    }
}
