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
    private static final int SHRINK_PAGES = 500;
    private static final int MAX_ASIDE = 5;
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
    private @Nullable Lock lock;
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
     *
     * @throws Fault when another process has this ledger, or there is none and none can be made
     */
    void open() throws Fault {
        boolean begins = !Files.exists(file);
        Fault why = reopen();
        if (why != null && why.kind() == Kind.CORRUPT) {
            failed(why);
            why = reopen();
        }
        if (why == null) {
            return;
        }
        if (why.kind() == Kind.TAKEN || begins && why.kind() == Kind.READ_ONLY) {
            throw why;
        }
        failed(why);
        try (LedgerStore readable = LedgerStore.openToRead(file, true)) {
            load(readable);
        } catch (Fault unreadable) {
            LOG.errorf("nothing is known of earlier senders: %s", unreadable.getMessage());
        }
    }

    /** Opens the file to be written; says why it cannot. */
    private @Nullable Fault reopen() {
        LedgerStore opened = null;
        try {
            if (lock == null || !lock.isHeld()) {
                lock = Lock.take(file);
            }
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
            return null;
        } catch (Fault why) {
            if (opened != null) {
                opened.close();
            }
            return why;
        }
    }

    /** Whether the file can be written; opens it when it is not open. */
    private boolean isReady() {
        if (store == null) {
            Fault why = reopen();
            if (why != null) {
                failed(why);
            }
        }
        return store != null;
    }

    /** Whether what was kept is known; otherwise it will be with a {@link #commit}, once the file can be read. */
    boolean isLoaded() {
        return loaded;
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
    Stream<Tally> all() {
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
        if (setAsideFiles().size() >= MAX_ASIDE) {
            fault = new Fault(
                    Kind.OTHER,
                    file + " is damaged again and again; look at the disk, and move away what was set aside");
            return;
        }
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
    void forEachListed(Instant now, Consumer<Sender> each) {
        long second = now.getEpochSecond();
        select((lastSeen, listedUntil) -> listedUntil > second, tally -> find(tally.origin())
                .ifPresent(each));
    }

    /** Hands over the tallies that are chosen; not while anything is written. */
    void select(Tallies.Choice choice, Consumer<Tally> chosen) {
        known.values().forEach(tallies -> tallies.select(choice, chosen));
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
     * Takes over what was exported, here or from another node. An entry that is not newer than what is known of the same
     * node and sender changes nothing.
     *
     * @param entries no two of the same node and sender
     * @return the senders that changed, as they are now
     * @throws Fault when the file cannot be used; then nothing was taken
     */
    Collection<Sender> merge(Collection<Entry> entries) throws Fault {
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
        return know(newer);
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

    /**
     * Forgets senders, unless they have changed meanwhile, and gives space back.
     *
     * @param tallies as they were when they were chosen
     * @return those that were listed, as senders of whom nothing is known any more
     */
    Collection<Sender> forget(Collection<Tally> tallies, Instant now) {
        List<Tally> unchanged = tallies.stream()
                .filter(tally ->
                        tally.equals(find(tally.node(), tally.origin())) && !waiting.containsKey(tally.origin()))
                .toList();
        if (store == null || unchanged.isEmpty()) {
            return List.of();
        }
        try {
            store.forget(unchanged);
            store.shrink(SHRINK_PAGES);
        } catch (Fault why) {
            failed(why);
            return List.of();
        }
        synchronized (known) {
            unchanged.forEach(
                    tally -> Objects.requireNonNull(known.get(tally.node())).remove(tally.origin()));
        }
        return unchanged.stream()
                .filter(tally -> tally.score().isListed(now))
                .map(tally -> find(tally.origin()).orElseGet(() -> Sender.of(List.of(tally.with(Score.NONE)))))
                .toList();
    }

    /** Why the file cannot be used, for people; empty when it can. */
    public Optional<String> trouble() {
        return Optional.ofNullable(fault).map(why -> String.valueOf(why.getMessage()));
    }

    /** The names of damaged files that were set aside and still lie there. */
    public List<String> setAsideFiles() {
        try (Stream<Path> files = Files.list(file.toAbsolutePath().getParent())) {
            return files.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith(file.getFileName() + SET_ASIDE) && !name.matches(".*-(wal|shm)"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            LOG.debugf("cannot look for files set aside: %s", e.getMessage());
            return List.of();
        }
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
        if (lock != null) {
            lock.release();
        }
    }
}
