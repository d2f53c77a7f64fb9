package org.decoymx.dnsbl;

import java.net.InetAddress;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.dnsbl.DnsblResponse.ResponseKind;
import org.decoymx.dnsbl.ResponseRateLimiter.RateLimitDecision;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.PrefixMap;

/** Answers queries from the current blocklist if the client is allowed to query, and counts the responses. */
public final class DnsQueryService {
    private final DnsblResponder responder;
    private final BlocklistPublisher publisher;
    private final PrefixMap<IpPrefix> allowed;
    private final boolean openToAll;
    private final ResponseRateLimiter rateLimiter;
    private final Clock clock;
    private final Map<ResponseKind, LongAdder> counts = new EnumMap<>(ResponseKind.class);

    /**
     * @param allowed networks that may query; if empty, every client may
     * @param rateLimiter limits responses over UDP, where the source address may be forged
     */
    DnsQueryService(
            DnsblResponder responder,
            BlocklistPublisher publisher,
            PrefixMap<IpPrefix> allowed,
            ResponseRateLimiter rateLimiter,
            Clock clock) {
        this.responder = responder;
        this.publisher = publisher;
        this.allowed = allowed;
        this.rateLimiter = rateLimiter;
        this.clock = clock;
        openToAll = allowed.isEmpty();
        for (ResponseKind kind : ResponseKind.values()) {
            counts.put(kind, new LongAdder());
        }
    }

    /** The response to a message; empty if none is sent. */
    byte[] answer(byte[] query, InetAddress client, boolean udp) {
        long now = clock.instant().getEpochSecond();
        RateLimitDecision decision = udp ? rateLimiter.decide(client, now) : RateLimitDecision.ANSWER;
        DnsblResponse response = decision == RateLimitDecision.DROP
                ? DnsblResponse.NO_RESPONSE
                : responder.answer(
                        query,
                        new DnsblResponder.QueryContext(
                                udp, openToAll || allowed.contains(client), decision == RateLimitDecision.TRUNCATE),
                        publisher.servedBlocklist(),
                        now);
        Objects.requireNonNull(counts.get(response.kind())).increment();
        return response.octets();
    }

    /** The number of responses by kind; the keys are the kinds in lower case. */
    public Map<String, LongAdder> counts() {
        Map<String, LongAdder> named = new TreeMap<>();
        counts.forEach((kind, count) -> named.put(kind.name().toLowerCase(Locale.ROOT), count));
        return named;
    }
}
