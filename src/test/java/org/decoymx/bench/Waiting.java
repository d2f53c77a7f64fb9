package org.decoymx.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Asks a server for the same again and again on one connection, and remembers how long it waited at most. */
final class Waiting implements AutoCloseable {
    private static final long PAUSE_NANOS = Duration.ofMillis(1).toNanos();
    private static final int TIMEOUT_MILLIS = 30_000;

    private final Socket socket;
    private final byte[] request;
    private final AtomicLong longest = new AtomicLong();
    private final Thread thread = new Thread(this::ask, "waiting");
    private volatile boolean over;

    /**
     * @param url what is answered in one packet
     */
    Waiting(String url) throws IOException {
        URI uri = URI.create(url);
        socket = new Socket(uri.getHost(), uri.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        request = ("GET " + uri.getPath() + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        thread.start();
    }

    private void ask() {
        byte[] answer = new byte[1 << 14];
        try {
            while (!over) {
                long begun = System.nanoTime();
                socket.getOutputStream().write(request);
                if (socket.getInputStream().read(answer) < 0) {
                    throw new IOException("the server closed the connection");
                }
                longest.accumulateAndGet(System.nanoTime() - begun, Math::max);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The longest wait in milliseconds since this was last asked. */
    double longest() {
        return longest.getAndSet(0) / 1e6;
    }

    @Override
    public void close() throws IOException {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        socket.close();
    }
}
