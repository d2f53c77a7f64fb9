package org.decoymx.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A reader of server-sent events, like HTML's EventSource, but blocking. */
final class EventSource implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 120_000;

    private final Socket socket;
    private final BufferedReader reader;
    private final String head;

    /**
     * Sends the request and reads the head of the response.
     *
     * @param header further header fields, each with a line end
     */
    EventSource(String url, String header) throws IOException {
        this(url, header, null);
    }

    /** Like the other, from this address; null for any. */
    EventSource(String url, String header, @Nullable InetAddress from) throws IOException {
        URI uri = URI.create(url);
        socket = new Socket(uri.getHost(), uri.getPort(), from, 0);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        String query = uri.getQuery() == null ? "" : "?" + uri.getQuery();
        // HTTP/1.0 has no chunked encoding, which this class would have to decode
        String request = "GET " + uri.getPath() + query + " HTTP/1.0\nHost: localhost\n" + header + "\n";
        socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
        reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        head = String.join("\n", readEvent());
    }

    /** The status line and the header fields of the response. */
    String responseHead() {
        return head;
    }

    /** The lines up to the next empty line, which is normally one event; none at the end of the stream. */
    List<String> readEvent() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = reader.readLine(); line != null && !line.isEmpty(); line = reader.readLine()) {
            lines.add(line);
        }
        return lines;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
