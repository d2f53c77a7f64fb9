package org.decoymx.feed;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Predicate;
import org.decoymx.blocklist.Listing;
import org.decoymx.blocklist.Publisher;
import org.jspecify.annotations.Nullable;

/**
 * The bodies of the listing as it stands: each is made when it is first asked for, once a version, by a thread that may
 * take its time. All of them together stay within a {@link Budget}: when it is used up the bodies of parts go first, whoever
 * still reads an old version is cut off next, and then those go that were not asked for the longest. A part, of which
 * strangers may ask for very many, drives out parts only.
 */
final class Bodies {
    /** Of how many parts, selections and codings the bodies are kept. */
    static final int MAX_BODIES = 128;

    /** Not those that make bodies, as these may wait for what is freed. */
    private static final Executor FREEING = ForkJoinPool.commonPool();

    private static final Duration LONG = Duration.ofDays(1);

    /** After this time it is tried again to make what could not be made. */
    private static final Duration FAILED = Duration.ofSeconds(10);

    private final Publisher publisher;
    private final Clock clock;
    private final Budget budget;
    private final Executor whole;
    private final Executor selected;
    private final Executor small;

    /** Bodies that are kept, those asked for last at the end; guarded by this. */
    private final Map<Wanted, Made> made = new LinkedHashMap<>(16, 0.75f, true);

    private final Retired retired = new Retired();

    private Listing listing;

    /** What somebody asks for. */
    record Wanted(Part part, Selection selection, Coding coding) {
        /** Whether this is a whole feed, of which there are few, and for which most readers come. */
        boolean isWhole() {
            return part.isLarge() && selection.isAll();
        }
    }

    /** A body that is made, or being made; guarded by the bodies. */
    private static final class Made {
        private final Instant since;
        private final List<CompletableFuture<Body>> waiting = new ArrayList<>();
        private @Nullable Body body;
        private @Nullable Throwable failure;
        private long version;
        private boolean begun;
        private boolean dropped;

        Made(Instant since) {
            this.since = since;
        }

        /** A share in it, for whoever asks now. */
        CompletableFuture<Body> share() {
            CompletableFuture<Body> share = new CompletableFuture<>();
            if (body != null) {
                body.retain();
                share.complete(body);
            } else if (failure != null) {
                share.completeExceptionally(failure);
            } else {
                waiting.add(share);
            }
            return share;
        }
    }

    /**
     * @param budget of all bodies
     * @param whole makes large bodies of all or of a family, of which there are few
     * @param selected makes large ones of those who have so many points, of which strangers may ask for very many; it may refuse
     * @param small makes small ones, which should not wait for others; it may refuse
     */
    Bodies(Publisher publisher, Clock clock, Budget budget, Executor whole, Executor selected, Executor small) {
        this.publisher = publisher;
        this.clock = clock;
        this.budget = budget;
        this.whole = whole;
        this.selected = selected;
        this.small = small;
        listing = publisher.current();
    }

    /**
     * A share in the body of what is listed now; whoever has it must {@link Body#leave} it. It fails with
     * {@link Budget.TooLarge}, and with what the part throws.
     *
     * @throws java.util.concurrent.RejectedExecutionException when too many of its kind are being made
     * @throws RuntimeException that the part throws when it has nothing for this listing
     */
    synchronized CompletableFuture<Body> get(Wanted wanted) {
        refresh();
        Made known = made.get(wanted);
        if (known == null || !isFresh(wanted.part(), known)) {
            drop(wanted);
            wanted.part().check(listing);
            known = begin(wanted);
        }
        return known.share();
    }

    /** Drops what was made of the last listing. What is not begun yet will be made of the present one. */
    private void refresh() {
        if (listing != publisher.current()) {
            listing = publisher.current();
            List.copyOf(made.entrySet()).stream()
                    .filter(entry -> entry.getValue().begun)
                    .forEach(entry -> drop(entry.getKey()));
        }
    }

    /** A clock that was set back makes nothing fresh. */
    private boolean isFresh(Part part, Made known) {
        Duration fresh = known.failure == null ? part.fresh() : FAILED;
        Duration age = Duration.between(known.since, clock.instant());
        return fresh.compareTo(LONG) > 0 || !age.isNegative() && age.compareTo(fresh) < 0;
    }

    private Made begin(Wanted wanted) {
        Made begun = new Made(clock.instant());
        executor(wanted).execute(() -> finish(begun, wanted));
        made.put(wanted, begun);
        if (made.size() > MAX_BODIES) {
            eldest(known -> !known.getKey().isWhole()).ifPresent(this::drop);
        }
        return begun;
    }

    private Executor executor(Wanted wanted) {
        Executor large = wanted.selection().minPoints() == 0 ? whole : selected;
        return wanted.part().isLarge() ? large : small;
    }

    private Optional<Wanted> eldest(Predicate<Map.Entry<Wanted, Made>> which) {
        return made.entrySet().stream().filter(which).map(Map.Entry::getKey).findFirst();
    }

    /** The listing as it stands when it comes to the making. */
    private synchronized Listing start(Made begun) {
        refresh();
        begun.begun = true;
        begun.version = listing.version();
        return listing;
    }

    private void finish(Made begun, Wanted wanted) {
        try {
            Body body = make(wanted, start(begun));
            handOut(begun, body).forEach(share -> share.complete(body));
        } catch (RuntimeException | Error e) {
            fail(begun, e).forEach(share -> share.completeExceptionally(e));
        }
    }

    /** Gives each who waits a share, even when it is dropped already, or nobody would be served while the list changes fast. */
    private synchronized List<CompletableFuture<Body>> handOut(Made begun, Body body) {
        begun.waiting.forEach(share -> body.retain());
        begun.body = body;
        if (begun.dropped) {
            retired.add(body, begun.version);
        }
        return begun.waiting;
    }

    private synchronized List<CompletableFuture<Body>> fail(Made begun, Throwable failure) {
        begun.failure = failure;
        return begun.waiting;
    }

    private Body make(Wanted wanted, Listing of) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        boolean timed = wanted.part().fresh().compareTo(LONG) < 0;
        Pieces pieces = new Pieces(budget, () -> relieve(wanted.isWhole()));
        try (OutputStream out = wanted.coding().over(pieces)) {
            Lines lines = new Lines(out);
            wanted.part().render(new Contents(of, wanted.selection(), now), lines);
            lines.flush();
        } catch (IOException e) {
            pieces.discard();
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            pieces.discard();
            throw e;
        }
        ByteBuf octets = pieces.octets();
        Instant modified = timed && now.isAfter(of.modified()) ? now : of.modified();
        return new Body(octets, modified, Body.digest(octets), body -> FREEING.execute(() -> free(body, pieces)));
    }

    /** Takes some milliseconds when it is large, so no event loop does it. */
    private void free(Body body, Pieces pieces) {
        retired.remove(body);
        pieces.discard();
    }

    private void drop(Wanted wanted) {
        Made old = made.remove(wanted);
        if (old != null) {
            old.dropped = true;
            if (old.body != null) {
                retired.add(old.body, old.version);
            }
        }
    }

    /**
     * Makes room: drops a part, or cuts off who still reads an old version, or drops a whole feed.
     *
     * @param forWhole whether the room is for a whole feed; else only a part is dropped
     */
    private boolean relieve(boolean forWhole) {
        if (drop(known -> known.getValue().body != null && !known.getKey().isWhole())) {
            return true;
        }
        return forWhole
                && (retired.cutBefore(publisher.current().version()) || drop(known -> known.getValue().body != null));
    }

    private synchronized boolean drop(Predicate<Map.Entry<Wanted, Made>> which) {
        Optional<Wanted> eldest = eldest(which);
        eldest.ifPresent(this::drop);
        return eldest.isPresent();
    }
}
