package org.decoymx.admin.check;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.Optional;

/** The clock of another host, as the Date field of its web server shows it (RFC 9110, section 6.6.1). */
final class HttpDate {
    private static final int TIMEOUT_MILLIS = 2_000;

    private HttpDate() {}

    /**
     * Asks a web server for its time, to the second. It may take some seconds.
     *
     * @param host a name or address
     * @return empty if there is no web server, or it does not say
     */
    static Optional<Instant> ask(String host, int port) {
        try {
            URI uri = new URI("http", null, host, port, "/", null, null);
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
            connection.setRequestMethod("HEAD");
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            connection.setInstanceFollowRedirects(false);
            connection.setUseCaches(false);
            try {
                connection.getResponseCode();
                long millis = connection.getDate();
                return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
            } finally {
                connection.disconnect();
            }
        } catch (IOException | URISyntaxException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
