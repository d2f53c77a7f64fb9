package org.decoymx.dnsbl;

import java.io.IOException;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.dnsbl.DnsblClients.ClientAccess;
import org.decoymx.dnsbl.DnsblResponse.ResponseKind;
import org.decoymx.dnsbl.ResponseRateLimiter.RateLimitDecision;
import org.decoymx.support.SteadyClock;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** Answers queries from the current blocklist if the client is allowed to query, and counts the responses. */
public final class DnsQueryService {
    private final DnsblResponder responder;
    private final BlocklistPublisher publisher;
    private final DnsblClients clients;
    private final ResponseRateLimiter rateLimiter;
    private final SteadyClock clock;
    private final Map<ResponseKind, LongAdder> counts = new EnumMap<>(ResponseKind.class);

    /**
     * @param clients says who may query
     * @param rateLimiter limits responses over UDP, where the source address may be forged
     */
    DnsQueryService(
            DnsblResponder responder,
            BlocklistPublisher publisher,
            DnsblClients clients,
            ResponseRateLimiter rateLimiter,
            SteadyClock clock) {
        this.responder = responder;
        this.publisher = publisher;
        this.clients = clients;
        this.rateLimiter = rateLimiter;
        this.clock = clock;
        for (ResponseKind kind : ResponseKind.values()) {
            counts.put(kind, new LongAdder());
        }
    }

    /** The response to a message; empty if none is sent. */
    byte[] answer(byte[] query, InetAddress client, boolean udp) {
        long now = clock.instant().getEpochSecond();
        ClientAccess access = clients.check(client);
        RateLimitDecision decision = udp && access != ClientAccess.ALLOWED
                ? rateLimiter.decide(client, clock.durations().instant().getEpochSecond())
                : RateLimitDecision.ANSWER;
        boolean refused = access == ClientAccess.REFUSED;
        // a refused client need not retry over TCP
        boolean dropped = decision == RateLimitDecision.DROP || refused && decision != RateLimitDecision.ANSWER;
        DnsblResponse response = dropped
                ? DnsblResponse.NO_RESPONSE
                : responder.answer(
                        query,
                        new DnsblResponder.QueryContext(udp, !refused, decision == RateLimitDecision.TRUNCATE),
                        publisher.servedBlocklist(),
                        now);
        Objects.requireNonNull(counts.get(response.kind())).increment();
        return response.octets();
    }

    /** Answers a query for the test entry, which no client has sent: it is not counted. */
    boolean answerTestQuery(String zone) throws IOException {
        Name name = Name.fromString("2.0.0.127." + zone, Name.root);
        byte[] query =
                Message.newQuery(Record.newRecord(name, Type.TXT, DClass.IN)).toWire();
        long now = clock.instant().getEpochSecond();
        return responder
                        .answer(
                                query,
                                new DnsblResponder.QueryContext(true, true, false),
                                publisher.servedBlocklist(),
                                now)
                        .kind()
                == ResponseKind.LISTED;
    }

    /** The number of responses by kind; the keys are the kinds in lower case. */
    public Map<String, LongAdder> counts() {
        Map<String, LongAdder> named = new TreeMap<>();
        counts.forEach((kind, count) -> named.put(kind.name().toLowerCase(Locale.ROOT), count));
        return named;
    }
}
