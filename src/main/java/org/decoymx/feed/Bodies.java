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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import org.decoymx.listing.Listing;
import org.decoymx.listing.Publisher;
import org.jspecify.annotations.Nullable;

/**
 * The bodies of the listing as it stands: each is made when it is first asked for, once a version, by a thread that may
 * take its time. All of them together stay within a {@link Budget}: when it is used up those go that were not asked for
 * the longest, and whoever still reads an old version is cut off.
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

    /** Bodies that are kept, those asked for last at the end; guarded by this. */
    private final Map<Wanted, Made> made = new LinkedHashMap<>(16, 0.75f, true);

    /** Bodies that nobody new is given, and somebody still reads. */
    private final Set<Body> retired = ConcurrentHashMap.newKeySet();

    private Listing listing;

    /** What somebody asks for. */
    record Wanted(Part part, Selection selection, Coding coding) {}

    /** A body that is made, or being made; guarded by the bodies. */
    private static final class Made {
        private final Instant since;
        private final List<CompletableFuture<Body>> waiting = new ArrayList<>();
        private @Nullable Body body;
        private @Nullable Throwable failure;
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
     * @param whole makes bodies of the whole listing, of which there are few, and small ones
     * @param selected makes large ones of selections, of which strangers may ask for very many; it may refuse
     */
    Bodies(Publisher publisher, Clock clock, Budget budget, Executor whole, Executor selected) {
        this.publisher = publisher;
        this.clock = clock;
        this.budget = budget;
        this.whole = whole;
        this.selected = selected;
        listing = publisher.current();
    }

    /**
     * A share in the body of what is listed now; whoever has it must {@link Body#leave} it. It fails with
     * {@link Budget.TooLarge}, and with what the part throws.
     *
     * @throws java.util.concurrent.RejectedExecutionException when too many selections are being made
     */
    synchronized CompletableFuture<Body> get(Wanted wanted) {
        if (listing != publisher.current()) {
            listing = publisher.current();
            List.copyOf(made.keySet()).forEach(this::drop);
        }
        Made known = made.get(wanted);
        if (known == null || !isFresh(wanted.part(), known)) {
            drop(wanted);
            known = begin(wanted, listing);
        }
        return known.share();
    }

    private boolean isFresh(Part part, Made known) {
        Duration fresh = known.failure == null ? part.fresh() : FAILED;
        return Duration.between(known.since, clock.instant()).compareTo(fresh) < 0;
    }

    private Made begin(Wanted wanted, Listing of) {
        Made begun = new Made(clock.instant());
        Executor executor = wanted.selection().isAll() || !wanted.part().isLarge() ? whole : selected;
        executor.execute(() -> finish(begun, wanted, of));
        made.put(wanted, begun);
        if (made.size() > MAX_BODIES) {
            drop(made.keySet().iterator().next());
        }
        return begun;
    }

    private void finish(Made begun, Wanted wanted, Listing of) {
        try {
            Body body = make(wanted, of);
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
            retire(body);
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
        Pieces pieces = new Pieces(budget, this::relieve);
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
                retire(old.body);
            }
        }
    }

    private void retire(Body body) {
        retired.add(body);
        body.release();
    }

    /** Drops the body that was not asked for the longest; when there is none, cuts off who still reads what was dropped. */
    private boolean relieve() {
        synchronized (this) {
            Optional<Wanted> eldest = made.entrySet().stream()
                    .filter(entry -> entry.getValue().body != null)
                    .map(Map.Entry::getKey)
                    .findFirst();
            eldest.ifPresent(this::drop);
            if (eldest.isPresent()) {
                return true;
            }
        }
        retired.forEach(Body::cut);
        return false;
    }
}
