package org.decoymx.it;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A client that fetches the plain feed continuously, also while the decoy is down, and records every entry that was
 * ever served. The entries of an incomplete body count too, because the decoy may be killed while it sends.
 */
final class FeedPoller implements AutoCloseable {
    /** Not the decoy's address: a client that connects from there while the decoy is down could take its port. */
    private static final String CLIENT_ADDRESS = "127.0.0.2";

    private static final String REQUEST = "GET /blocklist.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    private static final Pattern LENGTH = Pattern.compile("\r\ncontent-length: (\\d+)\r\n", Pattern.CASE_INSENSITIVE);
    private static final int TIMEOUT_MILLIS = 120_000;
    private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();

    private final URI feed;
    private final Set<String> served = ConcurrentHashMap.newKeySet();
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final AtomicInteger fetchCount = new AtomicInteger();
    private final Thread thread = new Thread(this::poll, "feed");
    private volatile Set<String> latest = Set.of();
    private volatile boolean stopped;

    private FeedPoller(String feed) {
        this.feed = URI.create(feed);
    }

    static FeedPoller start(DecoyProcess decoy) {
        FeedPoller poller = new FeedPoller(decoy.url("/blocklist.txt"));
        poller.thread.start();
        return poller;
    }

    /** All entries that were ever served. */
    Set<String> served() {
        return served;
    }

    /** The entries of the latest complete feed. */
    Set<String> latest() {
        return latest;
    }

    /** The number of complete feeds. */
    int fetchCount() {
        return fetchCount.get();
    }

    /** Descriptions of feeds that lacked earlier entries; no listing expires during a test. */
    List<String> violations() {
        return violations;
    }

    private void poll() {
        while (!stopped) {
            String response = fetch();
            if (response != null && response.startsWith("HTTP/1.1 200 ")) {
                read(response);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** The response as far as it arrived; null if there was none. */
    private @Nullable String fetch() {
        byte[] octets = new byte[0];
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(CLIENT_ADDRESS, 0));
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(new InetSocketAddress(feed.getHost(), feed.getPort()), TIMEOUT_MILLIS);
            socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
            octets = readToEnd(socket.getInputStream());
        } catch (IOException e) {
            return null;
        }
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    private static byte[] readToEnd(InputStream in) throws IOException {
        var octets = new java.io.ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 16];
        try {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                octets.write(buffer, 0, n);
            }
        } catch (IOException e) {
            if (octets.size() == 0) {
                throw e;
            }
        }
        return octets.toByteArray();
    }

    private void read(String response) {
        int blank = response.indexOf("\r\n\r\n") + 2;
        Matcher length = LENGTH.matcher(response).region(0, blank);
        if (blank < 2 || !length.find()) {
            return;
        }
        String body = response.substring(blank + 2);
        Set<String> entries = new HashSet<>();
        body.substring(0, body.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(entries::add);
        if (body.length() == Integer.parseInt(length.group(1))) {
            compare(entries);
        }
        served.addAll(entries);
    }

    private void compare(Set<String> entries) {
        List<String> missing = served.stream()
                .filter(entry -> !entries.contains(entry))
                .limit(5)
                .toList();
        if (!missing.isEmpty()) {
            violations.add("feed " + fetchCount + " with " + entries.size() + " entries lacks " + missing
                    + " and possibly more of the " + served.size() + " served entries");
        }
        latest = entries;
        fetchCount.incrementAndGet();
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
