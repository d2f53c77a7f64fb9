package org.decoymx.exemption;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.support.Condition;
import org.decoymx.support.ParseErrors;
import org.decoymx.support.SteadyClock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Exemptions added at run time. An exemption takes effect after it was written to disk. Thread-safe. */
final class RuntimeExemptions {
    /** Source name in {@link ExemptNetworks}. */
    static final String SOURCE = "run-time";

    private static final Logger LOG = Logger.getLogger(RuntimeExemptions.class);

    private final RuntimeExemptionFile file;
    private final ExemptNetworks exempt;
    private final SteadyClock clock;
    private volatile List<RuntimeExemptionFile.ExemptionFileLine> lines = List.of();
    private volatile ExemptionMarks marks = ExemptionMarks.NONE;
    private volatile ParseErrors parseErrors = new ParseErrors();
    private boolean shared;
    private final Condition writable;
    private final Condition complete;
    private Set<RuntimeExemption> ended = Set.of();

    RuntimeExemptions(RuntimeExemptionFile file, ExemptNetworks exempt, SteadyClock clock) {
        this.file = file;
        this.exempt = exempt;
        this.clock = clock;
        writable = new Condition(clock);
        complete = new Condition(clock);
    }

    /**
     * Result of {@link #addOrUpdate}.
     *
     * @param created false when it replaced an exemption of the same network
     */
    record UpdateResult(RuntimeExemption exemption, boolean created) {}

    String fileName() {
        return file.name();
    }

    /** Loads the file and publishes its exemptions. */
    synchronized void load() throws IOException {
        RuntimeExemptionFile.ExemptionFileContent content = file.read();
        lines = content.lines();
        marks = ExemptionMarks.of(content.marks(), RuntimeExemptionFile.networks(lines), clock.instant());
        parseErrors = content.parseErrors();
        parseErrors.toLogLines(file.name()).forEach(LOG::warn);
        publish();
    }

    private void publish() {
        exempt.replaceSource(
                SOURCE, all().stream().map(RuntimeExemption::toExemption).toList());
    }

    /** All exemptions that have not ended, oldest first. */
    List<RuntimeExemption> all() {
        Instant now = clock.instant();
        return stored().filter(exemption -> !exemption.isOver(now)).toList();
    }

    private Stream<RuntimeExemption> stored() {
        return lines.stream().flatMap(line -> Stream.ofNullable(line.exemption()));
    }

    private Set<RuntimeExemption> endedAt(Instant at) {
        return stored().filter(exemption -> exemption.isOver(at)).collect(Collectors.toSet());
    }

    /**
     * Ends exemptions, and begins them again if the clock was ahead. They stay in the file until it is certain that
     * they have ended.
     */
    synchronized void endExpired() {
        Set<RuntimeExemption> before = ended;
        ended = endedAt(clock.instant());
        ended.stream()
                .filter(exemption -> !before.contains(exemption))
                .forEach(exemption ->
                        LOG.infof("No longer exempt at run time, as it has ended: %s", exemption.toFileLine()));
        if (!ended.equals(before)) {
            publish();
        }
        Set<RuntimeExemption> over = endedAt(clock.retention().instant());
        ExemptionMarks left =
                marks.without(over).withoutExpired(clock.retention().instant());
        if (!over.isEmpty() || !left.equals(marks)) {
            lines = without(over::contains);
            marks = left;
            rewrite();
        }
    }

    private List<RuntimeExemptionFile.ExemptionFileLine> without(Predicate<RuntimeExemption> dropped) {
        return lines.stream()
                .filter(line -> line.exemption() == null || !dropped.test(line.exemption()))
                .toList();
    }

    /**
     * Adds an exemption, or changes the reason of an existing one.
     *
     * @param reason printable
     * @param until when it ends; null for never
     * @throws IllegalStateException when the limit is reached
     * @throws IOException when the file cannot be written; the message says why, and nothing has changed
     */
    synchronized UpdateResult addOrUpdate(IpPrefix network, String reason, @Nullable Instant until) throws IOException {
        @Nullable RuntimeExemption existing = findExact(network);
        RuntimeExemption exemption = new RuntimeExemption(
                network,
                reason,
                existing == null ? clock.instant().truncatedTo(ChronoUnit.SECONDS) : existing.since(),
                until);
        List<RuntimeExemptionFile.ExemptionFileLine> next =
                new ArrayList<>(without(other -> other.network().equals(network) && !other.equals(existing)));
        if (existing == null) {
            next.add(RuntimeExemptionFile.ExemptionFileLine.of(exemption));
        } else {
            next.replaceAll(line ->
                    existing.equals(line.exemption()) ? RuntimeExemptionFile.ExemptionFileLine.of(exemption) : line);
        }
        // ended ones, which are in the file for some time, count too: it has the same limit
        if (existing == null
                && next.stream().filter(line -> line.exemption() != null).count()
                        > RuntimeExemptionFile.MAX_EXEMPTIONS) {
            throw new IllegalStateException("The limit of " + RuntimeExemptionFile.MAX_EXEMPTIONS
                    + " networks is reached; remove some, or use files (decoy.exempt.files)");
        }
        write(next, marked(network, false));
        LOG.infof("Exempt at run time: %s", exemption.toFileLine());
        publish();
        return new UpdateResult(exemption, existing == null);
    }

    private @Nullable RuntimeExemption findExact(IpPrefix network) {
        return all().stream()
                .filter(exemption -> exemption.network().equals(network))
                .findFirst()
                .orElse(null);
    }

    /**
     * Removes an exemption.
     *
     * @return false when there is none for exactly this network
     * @throws IOException when the file cannot be written; the message says why, and nothing has changed
     */
    synchronized boolean remove(IpPrefix network) throws IOException {
        @Nullable RuntimeExemption exemption = findExact(network);
        if (exemption == null) {
            return false;
        }
        write(without(other -> other.network().equals(network)), marked(network, true));
        LOG.infof("No longer exempt at run time: %s", network.cidr());
        publish();
        return true;
    }

    private ExemptionMarks marked(IpPrefix network, boolean removed) {
        return shared || marks.find(network) != null ? marks.withChange(network, clock.instant(), removed) : marks;
    }

    /** Has changes marked from now on, so that nodes can tell which one is the latest. */
    synchronized void share() {
        shared = true;
    }

    /** All exemptions with their latest changes, and those that were removed; {@code node} is this node. */
    synchronized List<SharedExemption> shared(String node) {
        return marks.shared(stored().toList(), node);
    }

    /**
     * Takes over the changes of other nodes that are later than those known; {@code node} is this node.
     *
     * @throws IOException when the file cannot be written; the message says why, and nothing has changed
     */
    synchronized void merge(Collection<SharedExemption> changes, String node) throws IOException {
        Map<IpPrefix, SharedExemption> later = ExemptionMarks.later(changes, shared(node));
        ExemptionMarks.leaveOut(later, RuntimeExemptionFile.networks(lines))
                .ifPresent(problem -> complete.fail("no room", problem, () -> LOG.warn(problem)));
        if (later.isEmpty()) {
            return;
        }
        write(RuntimeExemptionFile.merged(lines, later), marks.withShared(later.values()));
        later.values().forEach(change -> LOG.info(change.describe()));
        publish();
    }

    private void write(List<RuntimeExemptionFile.ExemptionFileLine> next, ExemptionMarks nextMarks) throws IOException {
        try {
            file.write(next, nextMarks.all());
        } catch (IOException e) {
            String problem = String.valueOf(e.getMessage());
            writable.fail(problem, () -> LOG.warn(problem));
            throw new IOException(problem + "; nothing has changed", e);
        }
        writable.recover(() -> LOG.infof("%s can be written again", file.name()));
        lines = next;
        marks = nextMarks;
        parseErrors = new ParseErrors();
    }

    /** Writes the file again after a failure. */
    synchronized void retryWrite() {
        if (writable.problem().isPresent()) {
            rewrite();
        }
    }

    private void rewrite() {
        try {
            write(lines, marks);
        } catch (IOException e) {
            LOG.debug(e.getMessage());
        }
    }

    /** Why the file cannot be written, its first invalid line, that it was damaged, or what is left out of it. */
    Optional<String> problem() {
        return writable.problem()
                .or(() -> parseErrors.summary(file.name()))
                .or(file::problem)
                .or(complete::problem);
    }
}
