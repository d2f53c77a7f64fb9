package org.decoymx.feed;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.decoymx.blocklist.Publisher;
import org.decoymx.blocklist.Publishers;
import org.decoymx.feed.Bodies.Wanted;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.Exempt;
import org.decoymx.policy.Mode;

/** Bodies of a listing that a test changes, made at once or when the test says. */
final class Kept {
    /**
     * A part of so many octets.
     *
     * @param made counts how often it was made
     */
    record Sized(int octets, AtomicInteger made, Duration fresh) implements Part {
        Sized(int octets) {
            this(octets, new AtomicInteger(), Duration.ofSeconds(Long.MAX_VALUE));
        }

        @Override
        public String mediaType() {
            return Format.TEXT;
        }

        @Override
        public void render(Contents contents, Lines lines) {
            made.incrementAndGet();
            lines.add("x".repeat(octets));
        }
    }

    static final long OCTETS = 4 << 20;

    final Ticking clock = new Ticking(Given.T);
    final Publisher publisher = Publishers.of(Mode.ENFORCE, 0, new Exempt(), Given.T);
    final Budget budget = new Budget(OCTETS);

    /** What is to be made of the whole listing, while it is held back. */
    final Queue<Runnable> heldBack = new ArrayDeque<>();

    final Bodies bodies;
    private boolean holdsBack;
    private int listed;

    Kept() {
        Executor whole = task -> {
            if (holdsBack) {
                heldBack.add(task);
            } else {
                task.run();
            }
        };
        bodies = new Bodies(
                publisher,
                clock,
                budget,
                whole,
                task -> {
                    throw new RejectedExecutionException("a selection");
                },
                Runnable::run);
    }

    void holdBack(boolean hold) {
        holdsBack = hold;
    }

    /** Someone more is listed, a second later. */
    void change() {
        clock.add(Duration.ofSeconds(1));
        long now = clock.instant().getEpochSecond();
        Origin origin = new Origin(false, 0xc0000200L + listed++);
        Publishers.judge(publisher, List.of(Publishers.sender(origin, now, now + 86_400)), clock.instant());
        Publishers.publish(publisher, clock.instant());
    }

    static Wanted whole(Part part) {
        return new Wanted(part, Selection.ALL, Coding.IDENTITY);
    }

    /** A part of the listing rather than the whole. */
    static Wanted part(Part part) {
        return new Wanted(part, Selection.of(Selection.Family.V4), Coding.IDENTITY);
    }

    /** Makes what was held back, and what comes meanwhile. */
    void makeAll() {
        for (Runnable task = heldBack.poll(); task != null; task = heldBack.poll()) {
            task.run();
        }
    }

    /** A share in the body of a part, which must be there at once. */
    Body now(Part part) {
        return bodies.get(whole(part)).join();
    }
}
