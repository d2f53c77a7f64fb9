package org.decoymx.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Sends the exact octets of a request, and reads until the server closes the connection. */
final class RawHttp {
    private static final int TIMEOUT_MILLIS = 120_000;

    /** Well before the decoy closes an idle connection. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private RawHttp() {}

    /**
     * @param request with LF line ends, which become CRLF
     */
    static String send(String url, String request) throws IOException {
        return send(url, request, false, "127.0.0.1");
    }

    /** The same from another loopback address. */
    static String sendFrom(String source, String url, String request) throws IOException {
        return send(url, request, false, source);
    }

    /** The same, and closes the sending side after the request. */
    static String sendAndFinish(String url, String request) throws IOException {
        return send(url, request, true, "127.0.0.1");
    }

    private static String send(String url, String request, boolean finishes, String source) throws IOException {
        URI uri = URI.create(url);
        try (Socket socket = new Socket(uri.getHost(), uri.getPort(), InetAddress.getByName(source), 0)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            if (finishes) {
                socket.shutdownOutput();
            }
            Stopwatch stopwatch = Stopwatch.start();
            String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            stopwatch.assertWithin(CLOSE_TIMEOUT);
            return response;
        }
    }
}
