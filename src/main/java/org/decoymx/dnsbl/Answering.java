package org.decoymx.dnsbl;

import java.net.InetAddress;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.blocklist.Publisher;
import org.decoymx.dnsbl.Answer.Kind;
import org.decoymx.dnsbl.AnswerRate.Turn;
import org.decoymx.net.Networks;

/** Answers whoever asks from the list as it stands, if he may ask, and counts the answers. */
public final class Answering {
    private final Responder responder;
    private final Publisher publisher;
    private final Networks allowed;
    private final boolean open;
    private final AnswerRate rate;
    private final Clock clock;
    private final Map<Kind, LongAdder> counts = new EnumMap<>(Kind.class);

    /**
     * @param allowed who may ask; with none everybody may
     * @param rate a limit on answers over UDP, where nobody knows who really asks
     */
    Answering(Responder responder, Publisher publisher, Networks allowed, AnswerRate rate, Clock clock) {
        this.responder = responder;
        this.publisher = publisher;
        this.allowed = allowed;
        this.rate = rate;
        this.clock = clock;
        open = allowed.isEmpty();
        for (Kind kind : Kind.values()) {
            counts.put(kind, new LongAdder());
        }
    }

    /** The answer to a message; none when nothing is to be said. */
    byte[] answer(byte[] query, InetAddress client, boolean udp) {
        long now = clock.instant().getEpochSecond();
        Turn turn = udp ? rate.next(client, now) : Turn.ANSWER;
        Answer answer = turn == Turn.DROP
                ? Answer.SILENCE
                : responder.answer(
                        query,
                        new Responder.Asked(udp, open || allowed.contains(client), turn == Turn.CUT),
                        publisher.current(),
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
