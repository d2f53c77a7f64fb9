package org.decoymx.smtp.server;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.decoymx.net.Admission;
import org.decoymx.smtp.protocol.Answer;
import org.decoymx.smtp.protocol.Verb;

/** Counts what goes over the wire, from the start of the process. */
public final class Traffic {
    private static final int CODES = 600;

    private final Admission admission;
    private final LongAdder sessions = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final Map<Verb, LongAdder> verbs = new EnumMap<>(Verb.class);
    private final LongAdder[] replies =
            Stream.generate(LongAdder::new).limit(CODES).toArray(LongAdder[]::new);

    Traffic(Admission admission) {
        this.admission = admission;
        for (Verb verb : Verb.values()) {
            verbs.put(verb, new LongAdder());
        }
    }

    void session() {
        sessions.increment();
    }

    void refusal() {
        refused.increment();
    }

    void answer(Answer answer) {
        adder(answer.verb()).increment();
        replies[answer.reply().code()].increment();
    }

    private LongAdder adder(Verb verb) {
        return Objects.requireNonNull(verbs.get(verb));
    }

    /** Sessions begun. */
    public long sessions() {
        return sessions.sum();
    }

    /** Connections turned away, as there were too many. */
    public long refused() {
        return refused.sum();
    }

    /** Commands taken with this verb. */
    public long commands(Verb verb) {
        return adder(verb).sum();
    }

    /** Answers to commands with this code, 200 to 599. */
    public long replies(int code) {
        return replies[code].sum();
    }

    /** Connections open now. */
    public int open() {
        return admission.open();
    }
}
