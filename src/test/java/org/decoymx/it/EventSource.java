package org.decoymx.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A reader of server-sent events, as HTML's EventSource is, but one that waits. */
final class EventSource implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 120_000;

    private final Socket socket;
    private final BufferedReader reader;
    private final String head;

    /**
     * Asks, and reads the head of the answer.
     *
     * @param header further fields, each with a line end
     */
    EventSource(String url, String header) throws IOException {
        URI uri = URI.create(url);
        socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        String query = uri.getQuery() == null ? "" : "?" + uri.getQuery();
        // in HTTP/1.0 there are no chunks, which a socket would have to take apart
        String request = "GET " + uri.getPath() + query + " HTTP/1.0\nHost: localhost\n" + header + "\n";
        socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
        reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        head = String.join("\n", readEvent());
    }

    /** The status line and the fields of the answer. */
    String responseHead() {
        return head;
    }

    /** The lines of the next event, or of whatever else stands before an empty line; no lines at the end. */
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
