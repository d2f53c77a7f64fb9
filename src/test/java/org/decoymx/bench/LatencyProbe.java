package org.decoymx.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Repeats a request on one connection, and records the maximum latency. */
final class LatencyProbe implements AutoCloseable {
    private static final long PAUSE_NANOS = Duration.ofMillis(1).toNanos();
    private static final int TIMEOUT_MILLIS = 30_000;

    private final Socket socket;
    private final byte[] request;
    private final AtomicLong maxLatency = new AtomicLong();
    private final Thread thread = new Thread(this::sendRequests, "latency-probe");
    private volatile boolean stopped;

    /**
     * @param url a resource whose response fits into one packet
     */
    LatencyProbe(String url) throws IOException {
        URI uri = URI.create(url);
        socket = new Socket(uri.getHost(), uri.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        request = ("GET " + uri.getPath() + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        thread.start();
    }

    private void sendRequests() {
        byte[] response = new byte[1 << 14];
        try {
            while (!stopped) {
                long start = System.nanoTime();
                socket.getOutputStream().write(request);
                if (socket.getInputStream().read(response) < 0) {
                    throw new IOException("the server closed the connection");
                }
                maxLatency.accumulateAndGet(System.nanoTime() - start, Math::max);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The maximum latency in milliseconds since the last call. */
    double resetMaxLatency() {
        return maxLatency.getAndSet(0) / 1e6;
    }

    @Override
    public void close() throws IOException {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        socket.close();
    }
}
