package org.decoymx.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.decoymx.ledger.Fault.Kind;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Ending;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What is known of each sender: numbers in memory, and all of it on the disk. Sightings are folded into tallies that
 * wait; {@link #commit} writes them, and only then are they known. While the file cannot be used they go on waiting.
 *
 * <p>One thread at a time writes; any thread may {@link #find}.
 */
public final class Ledger {
    private static final Logger LOG = Logger.getLogger(Ledger.class);
    /** Sessions under way whose 451 has been counted; more than connections can be open. */
    private static final int MAX_OPEN = 100_000;

    private static final int MAX_WAITING = 100_000;
    private static final int MAX_WAITING_EVIDENCE = 20_000;
    private static final String SET_ASIDE = ".corrupt-";
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Path file;
    private final Scoring scoring;
    private final Clock clock;
    private final Set<Long> counted = new LinkedHashSet<>();
    private final Map<Origin, Tally> waiting = new LinkedHashMap<>();
    private final Map<Origin, Evidence> evidence = new LinkedHashMap<>();

    /** What is on the disk, by node: changed by the writer under its lock, read by others under the same. */
    private final Map<Node, Tallies> known = new LinkedHashMap<>();

    private final LongAdder lost = new LongAdder();
    private Node own;
    private @Nullable LedgerStore store;
    private boolean loaded;
    private volatile @Nullable Fault fault;
    private volatile int waits;

    /**
     * A ledger that is not open yet.
     *
     * @param file where it is kept
     * @param name what its node is to be called, should the file have to be made
     */
    Ledger(Path file, Node name, Scoring scoring, Clock clock) {
        this.file = file;
        this.scoring = scoring;
        this.clock = clock;
        own = name;
    }

    /**
     * Reads what is kept. When the file cannot be written, what can be read is known all the same; when it cannot be
     * read either, nothing is known until it can.
     */
    void open() {
        if (isReady() || fault().filter(why -> why.kind() == Kind.CORRUPT).isPresent() && isReady()) {
            return;
        }
        try (LedgerStore readable = LedgerStore.openToRead(file, true)) {
            load(readable);
        } catch (Fault unreadable) {
            LOG.errorf("nothing is known of earlier senders: %s", unreadable.getMessage());
        }
    }

    /** Whether the file can be used; opens it when it is not open. */
    private boolean isReady() {
        if (store != null) {
            return true;
        }
        LedgerStore opened = null;
        try {
            opened = LedgerStore.open(file, own);
            if (!loaded) {
                load(opened);
            } else if (!opened.own().equals(own)) {
                throw new Fault(
                        Kind.FOREIGN, file + " was replaced under the running decoy; restart the decoy to use it");
            } else if (opened.isEmpty()) {
                opened.commit(all().map(tally -> new Entry(tally, null)).iterator());
            }
            store = opened;
            return true;
        } catch (Fault why) {
            if (opened != null) {
                opened.close();
            }
            failed(why);
            return false;
        }
    }

    private void load(LedgerStore from) throws Fault {
        Map<Node, Tallies> found = new LinkedHashMap<>();
        from.load(tally -> found.computeIfAbsent(tally.node(), Tallies::new).put(tally));
        own = from.own();
        found.computeIfAbsent(own, Tallies::new);
        synchronized (known) {
            known.putAll(found);
        }
        loaded = true;
        waiting.replaceAll((origin, late) -> {
            Tally before = find(own, origin);
            return before == null ? late.of(own) : late.after(before);
        });
    }

    /** Every tally that is known; one after the other, as they may be many. */
    private Stream<Tally> all() {
        return known.values().stream().flatMap(Tallies::stream);
    }

    private void failed(Fault why) {
        Fault before = fault;
        if (before == null || !String.valueOf(before.getMessage()).equals(why.getMessage())) {
            LOG.errorf("the ledger waits: %s", why.getMessage());
        }
        fault = why;
        if (store != null) {
            store.close();
            store = null;
        }
        if (why.kind() == Kind.CORRUPT) {
            setAside();
        }
    }

    private void setAside() {
        String name = file.getFileName().toString();
        String aside = name + SET_ASIDE + STAMP.format(clock.instant());
        try {
            for (String part : List.of("", "-wal", "-shm")) {
                Path from = file.resolveSibling(name + part);
                if (Files.exists(from)) {
                    Files.move(from, file.resolveSibling(aside + part));
                }
            }
            LOG.errorf("%s is kept as %s, and a new one is begun", file, aside);
        } catch (IOException e) {
            fault = new Fault(Kind.READ_ONLY, file + " is damaged and cannot be set aside: " + e.getMessage());
        }
    }

    /** What is known of a sender; empty when it was never seen. */
    public Optional<Sender> find(Origin origin) {
        List<Tally> tallies = new ArrayList<>(1);
        synchronized (known) {
            for (Tallies node : known.values()) {
                Tally tally = node.find(origin);
                if (tally != null) {
                    tallies.add(tally);
                }
            }
        }
        return tallies.isEmpty() ? Optional.empty() : Optional.of(Sender.of(tallies));
    }

    private @Nullable Tally find(Node node, Origin origin) {
        Tallies tallies = known.get(node);
        return tallies == null ? null : tallies.find(origin);
    }

    /** Hands over every sender that is listed at a moment, exemptions apart; not while anything is written. */
    public void forEachListed(Instant now, Consumer<Sender> each) {
        all().forEach(tally -> {
            if (tally.score().isListed(now)) {
                find(tally.origin()).ifPresent(each);
            }
        });
    }

    /** Counts sightings; they are known after the next {@link #commit}. */
    void fold(Collection<Sighting> sightings) {
        for (Sighting sighting : sightings) {
            Origin origin = Origin.of(sighting.address());
            boolean again = wasCounted(sighting);
            Tally before = waiting.get(origin);
            if (before == null && waiting.size() >= MAX_WAITING) {
                lost.increment();
                continue;
            }
            if (before == null) {
                before = find(own, origin);
            }
            if (before == null) {
                before = Tally.none(own, origin, sighting);
            }
            waiting.put(origin, again ? before.withMoreOf(sighting) : before.with(sighting, score(before, sighting)));
            evidence.remove(origin);
            evidence.put(origin, Evidence.of(sighting));
        }
        var eldest = evidence.keySet().iterator();
        for (int tooMany = evidence.size() - MAX_WAITING_EVIDENCE; tooMany > 0; tooMany--) {
            eldest.next();
            eldest.remove();
        }
        waits = waiting.size();
    }

    private Score score(Tally before, Sighting sighting) {
        List<Tally> tallies = new ArrayList<>(List.of(before));
        known.forEach((node, others) -> {
            Tally other = node.equals(own) ? null : others.find(before.origin());
            if (other != null) {
                tallies.add(other);
            }
        });
        return scoring.score(Sender.of(tallies), before.score(), sighting);
    }

    private boolean wasCounted(Sighting sighting) {
        if (sighting.ending() != Ending.OPEN) {
            return counted.remove(sighting.session());
        }
        boolean again = !counted.add(sighting.session());
        if (counted.size() > MAX_OPEN) {
            var eldest = counted.iterator();
            eldest.next();
            eldest.remove();
        }
        return again;
    }

    /**
     * Writes what waits to the disk.
     *
     * @return the senders that changed, as they are now; none when the file cannot be used
     */
    Collection<Sender> commit() {
        if (!isReady()) {
            return List.of();
        }
        List<Entry> written = waiting.values().stream()
                .map(tally -> new Entry(tally, evidence.get(tally.origin())))
                .toList();
        try {
            if (!written.isEmpty()) {
                Objects.requireNonNull(store).commit(written.iterator());
            }
        } catch (Fault why) {
            failed(why);
            return List.of();
        }
        recovered();
        waiting.clear();
        evidence.clear();
        waits = 0;
        return know(written);
    }

    private void recovered() {
        if (fault != null) {
            LOG.infof("the ledger is written again; %d senders had waited", waiting.size());
            fault = null;
        }
    }

    private Collection<Sender> know(Collection<Entry> written) {
        synchronized (known) {
            written.forEach(entry ->
                    known.computeIfAbsent(entry.tally().node(), Tallies::new).put(entry.tally()));
        }
        return written.stream()
                .map(entry -> entry.tally().origin())
                .distinct()
                .flatMap(origin -> find(origin).stream())
                .toList();
    }

    /**
     * What became of a merge.
     *
     * @param taken how many entries changed something
     * @param senders those that changed, as they are now
     */
    record Merged(int taken, Collection<Sender> senders) {}

    /**
     * Takes over what was exported, here or from another node. An entry that is not newer than what is known of the same
     * node and sender changes nothing.
     *
     * @param entries no two of the same node and sender
     * @throws Fault when the file cannot be used; then nothing was taken
     */
    Merged merge(Collection<Entry> entries) throws Fault {
        commit();
        Fault why = fault;
        if (why != null) {
            throw why;
        }
        List<Entry> newer = new ArrayList<>();
        for (Entry entry : entries) {
            Tally tally = entry.tally();
            Tally before = find(tally.node(), tally.origin());
            if (before == null || tally.isNewerThan(before)) {
                newer.add(entry);
            }
        }
        try {
            Objects.requireNonNull(store).commit(newer.iterator());
        } catch (Fault failure) {
            failed(failure);
            throw failure;
        }
        return new Merged(newer.size(), know(newer));
    }

    /** Whose tallies are known. */
    Set<Node> nodes() {
        synchronized (known) {
            return new HashSet<>(known.keySet());
        }
    }

    /** Opens the file once more, to be read while it is written. */
    LedgerStore reader() throws Fault {
        return LedgerStore.openToRead(file, false);
    }

    /** How many tallies are known; a sender that several nodes have counted has as many. */
    public int size() {
        synchronized (known) {
            return known.values().stream().mapToInt(Tallies::size).sum();
        }
    }

    /** How many senders wait to be written. */
    public int waiting() {
        return waits;
    }

    /** Sightings that found no room, as the file could not be used for too long. */
    public long lost() {
        return lost.sum();
    }

    /** Why the file cannot be used, if so. */
    Optional<Fault> fault() {
        return Optional.ofNullable(fault);
    }

    /** Commits what waits, and closes the file. */
    void close() {
        commit();
        if (!waiting.isEmpty()) {
            LOG.errorf("%d senders could not be written, and are lost", waiting.size());
        }
        if (store != null) {
            store.close();
            store = null;
        }
    }
}
