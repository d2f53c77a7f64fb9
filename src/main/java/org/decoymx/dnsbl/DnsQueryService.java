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
import org.decoymx.net.CidrSet;

/** Answers whoever asks from the list as it stands, if he may ask, and counts the answers. */
public final class DnsQueryService {
    private final DnsblResponder responder;
    private final BlocklistPublisher publisher;
    private final CidrSet allowed;
    private final boolean openToAll;
    private final ResponseRateLimiter rateLimiter;
    private final Clock clock;
    private final Map<ResponseKind, LongAdder> counts = new EnumMap<>(ResponseKind.class);

    /**
     * @param allowed who may ask; with none everybody may
     * @param rate a limit on answers over UDP, where nobody knows who really asks
     */
    DnsQueryService(
            DnsblResponder responder,
            BlocklistPublisher publisher,
            CidrSet allowed,
            ResponseRateLimiter rate,
            Clock clock) {
        this.responder = responder;
        this.publisher = publisher;
        this.allowed = allowed;
        this.rateLimiter = rate;
        this.clock = clock;
        openToAll = allowed.isEmpty();
        for (ResponseKind kind : ResponseKind.values()) {
            counts.put(kind, new LongAdder());
        }
    }

    /** The answer to a message; none when nothing is to be said. */
    byte[] answer(byte[] query, InetAddress client, boolean udp) {
        long now = clock.instant().getEpochSecond();
        RateLimitDecision turn = udp ? rateLimiter.decide(client, now) : RateLimitDecision.ANSWER;
        DnsblResponse answer = turn == RateLimitDecision.DROP
                ? DnsblResponse.NO_RESPONSE
                : responder.answer(
                        query,
                        new DnsblResponder.QueryContext(
                                udp, openToAll || allowed.contains(client), turn == RateLimitDecision.TRUNCATE),
                        publisher.servedBlocklist(),
                        now);
        Objects.requireNonNull(counts.get(answer.kind())).increment();
        return answer.octets();
    }

    /** How many answers of each kind there were, by its name in lower case. */
    public Map<String, LongAdder> counts() {
        Map<String, LongAdder> named = new TreeMap<>();
        counts.forEach((kind, count) -> named.put(kind.name().toLowerCase(Locale.ROOT), count));
        return named;
    }
}
