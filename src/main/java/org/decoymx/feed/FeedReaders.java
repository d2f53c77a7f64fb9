package org.decoymx.feed;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.net.EvictionOrder;
import org.decoymx.net.HttpClientAddress;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.support.PrintableText;

/**
 * Who fetched which feed last, since the start. At most {@link #MAX_READERS} are known; with more, those of the network
 * with the most give way first. Thread-safe; a known reader costs a look-up and no lock.
 */
@Singleton
public final class FeedReaders {
    /** Maximum number of readers; a client is one for each feed and each program. */
    static final int MAX_READERS = 200;

    private static final int MAX_AGENT = 80;

    /** How exact the order is in which readers give way. */
    private static final long ORDER_SECONDS = 60;

    private final Map<ReaderKey, KnownReader> readers = new ConcurrentHashMap<>();

    /** Guarded by this. */
    private final EvictionOrder<ReaderKey> order = new EvictionOrder<>();

    /**
     * A reader of a feed.
     *
     * @param client its address
     * @param userAgent the program that it named, escaped and cut; empty if it named none
     * @param feed the name of a format, {@code changes} or {@code stream}
     * @param at when it fetched it last; of an open stream, when something was sent last
     * @param requests how often it fetched it since the start; of a stream, how often something was sent
     * @param status of the last response: 200, or 304 if nothing had changed since the fetch before
     */
    public record Reader(String client, String userAgent, String feed, Instant at, long requests, int status) {}

    private record ReaderKey(String client, String feed, String agent) {
        IpPrefix origin() {
            return IpText.parseAddress(IpText.removeZone(client)).orElse(IpPrefix.ALL_V4);
        }
    }

    private static final class KnownReader {
        private final LongAdder requests = new LongAdder();
        private volatile long orderedAt = Long.MIN_VALUE;
        private volatile Instant at = Instant.EPOCH;
        private volatile int status;
    }

    /** Records that a feed was sent to a client, or that it has it already. */
    void record(HttpServerRequest request, String feed, int status, Instant at) {
        String agent = Objects.requireNonNullElse(request.getHeader(HttpHeaderNames.USER_AGENT), "");
        record(HttpClientAddress.text(request), agent, feed, status, at);
    }

    void record(String client, String userAgent, String feed, int status, Instant at) {
        // one char more than is shown, so that it is seen to be cut
        String agent = userAgent.length() > MAX_AGENT ? userAgent.substring(0, MAX_AGENT + 1) : userAgent;
        ReaderKey key = new ReaderKey(client, feed, agent);
        KnownReader reader = readers.get(key);
        if (reader == null || Math.abs(at.getEpochSecond() - reader.orderedAt) >= ORDER_SECONDS) {
            reader = moveToEnd(key, at.getEpochSecond());
        }
        reader.requests.increment();
        reader.at = at;
        reader.status = status;
    }

    private synchronized KnownReader moveToEnd(ReaderKey key, long second) {
        IpPrefix origin = key.origin();
        order.remove(origin, key);
        if (order.size() == MAX_READERS) {
            ReaderKey first = order.first();
            order.remove(first.origin(), first);
            readers.remove(first);
        }
        order.add(origin, key);
        KnownReader reader = readers.computeIfAbsent(key, added -> new KnownReader());
        reader.orderedAt = second;
        return reader;
    }

    /** The readers, the latest first. */
    public List<Reader> latest() {
        return readers.entrySet().stream()
                .map(entry -> describe(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparing(Reader::at).reversed())
                .toList();
    }

    private static Reader describe(ReaderKey key, KnownReader reader) {
        return new Reader(
                IpText.parseAddress(IpText.removeZone(key.client()))
                        .map(IpPrefix::toString)
                        .orElse(key.client()),
                PrintableText.escape(key.agent(), MAX_AGENT),
                key.feed(),
                reader.at,
                reader.requests.sum(),
                reader.status);
    }
}
