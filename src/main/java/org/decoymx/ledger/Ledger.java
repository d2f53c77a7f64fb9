package org.decoymx.ledger;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.decoymx.sighting.Sighting;
import org.jboss.logging.Logger;

/**
 * What is known of each sender: numbers in memory, and all of it on the disk. Sightings are folded into tallies that
 * wait; {@link #commit} writes them, and only then are they known. While the file cannot be used they go on waiting.
 *
 * <p>One thread at a time writes; any thread may {@link #find}.
 */
public final class Ledger {
    private static final Logger LOG = Logger.getLogger(Ledger.class);
    private static final int SHRINK_PAGES = 500;

    private final Known known = new Known();
    private final Waiting waiting = new Waiting();
    private final Counting counting;
    private final Disk disk;

    /**
     * A ledger that is not open yet.
     *
     * @param file where it is kept
     * @param name what its node is to be called, should the file have to be made
     */
    Ledger(Path file, Node name, Scoring scoring, Clock clock) {
        counting = new Counting(known, waiting, scoring);
        disk = new Disk(file, clock, name, known, waiting);
    }

    /**
     * Reads what is kept. When the file cannot be written, what can be read is known all the same; when it cannot be
     * read either, nothing is known until it can.
     *
     * @throws Fault when another process has this ledger, or there is none and none can be made
     */
    void open() throws Fault {
        disk.open();
    }

    /** Whether what was kept is known; otherwise it will be with a {@link #commit}, once the file can be read. */
    boolean isLoaded() {
        return disk.isLoaded();
    }

    /** What is known of a sender; empty when it was never seen. */
    public Optional<Sender> find(Origin origin) {
        return known.find(origin);
    }

    /** Hands over every sender that is listed at a moment, exemptions apart; not while anything is written. */
    void forEachListed(Instant now, Consumer<Sender> each) {
        long second = now.getEpochSecond();
        known.select((lastSeen, listedUntil) -> listedUntil > second, tally -> find(tally.origin())
                .ifPresent(each));
    }

    /** Hands over every sender once; not while anything is written. */
    void forEach(Consumer<Sender> each) {
        known.select((lastSeen, listedUntil) -> true, tally -> {
            List<Tally> tallies = known.all(tally.origin());
            if (tallies.get(0).node().equals(tally.node())) {
                each.accept(Sender.of(tallies));
            }
        });
    }

    /** Hands over the tallies that are chosen; not while anything is written. */
    void select(Tallies.Choice choice, Consumer<Tally> chosen) {
        known.select(choice, chosen);
    }

    /** Counts sightings; they are known after the next {@link #commit}. */
    void fold(Collection<Sighting> sightings) {
        sightings.forEach(sighting -> counting.count(sighting, disk.own()));
    }

    /**
     * Writes what waits to the disk.
     *
     * @return the senders that changed, as they are now; none when the file cannot be used
     */
    Collection<Sender> commit() {
        LedgerStore store = disk.ready();
        if (store == null) {
            return List.of();
        }
        List<Entry> written = waiting.entries();
        try {
            if (!written.isEmpty()) {
                store.commit(written.iterator());
            }
        } catch (Fault why) {
            disk.failed(why);
            return List.of();
        }
        disk.wrote(written.size());
        waiting.clear();
        return know(written);
    }

    private Collection<Sender> know(Collection<Entry> written) {
        known.put(written);
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
        LedgerStore store = disk.ready();
        if (store == null) {
            throw disk.trouble().orElseThrow();
        }
        List<Entry> newer = new ArrayList<>();
        for (Entry entry : entries) {
            Tally tally = entry.tally();
            Tally before = known.find(tally.node(), tally.origin());
            if (before == null || tally.isNewerThan(before)) {
                newer.add(entry);
            }
        }
        try {
            store.commit(newer.iterator());
        } catch (Fault why) {
            disk.failed(why);
            throw why;
        }
        return new Merged(newer.size(), know(newer));
    }

    /**
     * Forgets senders, unless they have changed meanwhile, and gives space back.
     *
     * @param tallies as they were when they were chosen
     * @return those that were listed, as senders of whom nothing is known any more
     */
    Collection<Sender> forget(Collection<Tally> tallies, Instant now) {
        List<Tally> unchanged = tallies.stream()
                .filter(tally -> tally.equals(known.find(tally.node(), tally.origin())))
                .filter(tally -> waiting.find(tally.origin()) == null)
                .toList();
        LedgerStore store = disk.store();
        if (store == null || unchanged.isEmpty()) {
            return List.of();
        }
        try {
            store.forget(unchanged);
            store.shrink(SHRINK_PAGES);
        } catch (Fault why) {
            disk.failed(why);
            return List.of();
        }
        known.remove(unchanged);
        return unchanged.stream()
                .filter(tally -> tally.score().isListed(now))
                .map(tally -> find(tally.origin()).orElseGet(() -> Sender.of(List.of(tally.with(Score.NONE)))))
                .toList();
    }

    /**
     * Takes their points and their time on the list from listed senders; known after the next {@link #commit}.
     *
     * @param mistaken whether a sender is meant
     */
    void pardon(Predicate<Sender> mistaken, Instant now) {
        forEachListed(now, sender -> {
            if (mistaken.test(sender)) {
                counting.pardon(sender.origin(), disk.own());
            }
        });
    }

    /**
     * What the latest session of a sender looked like, as each node has it on the disk. This reads the disk.
     *
     * @throws Fault when the file cannot be read
     */
    public Map<Node, Evidence> evidence(Origin origin) throws Fault {
        try (LedgerStore readable = reader()) {
            return readable.evidence(origin);
        }
    }

    /** Opens the file once more, to be read while it is written. */
    LedgerStore reader() throws Fault {
        return disk.reader();
    }

    /** How many tallies are known; a sender that several nodes have counted counts as many times. */
    public int size() {
        return known.size();
    }

    /** Whose tallies are known. */
    Set<Node> nodes() {
        return known.nodes();
    }

    /** How many senders wait to be written. */
    public int waiting() {
        return waiting.size();
    }

    /** Sightings that found no room, as the file could not be used for too long. */
    long lost() {
        return counting.lost();
    }

    /** Why the file cannot be used, for people; empty when it can. */
    public Optional<String> trouble() {
        return disk.trouble().map(why -> String.valueOf(why.getMessage()));
    }

    /** The names of damaged files that were set aside and still lie there. */
    public List<String> setAsideFiles() {
        return disk.setAsideFiles();
    }

    /** Commits what waits, and closes the file. */
    void close() {
        commit();
        if (waiting.size() > 0) {
            LOG.errorf("%d senders could not be written, and are lost", waiting.size());
        }
        disk.close();
    }
}
