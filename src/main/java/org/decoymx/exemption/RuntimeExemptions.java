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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.decoymx.exemption.RuntimeExemptionFile.ExemptionFileContent;
import org.decoymx.exemption.RuntimeExemptionFile.ExemptionFileLine;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.support.Condition;
import org.decoymx.support.ParseErrors;
import org.decoymx.support.SteadyClock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Exemptions added at run time. An exemption takes effect after it was written to disk. Thread-safe. */
public final class RuntimeExemptions {
    /** Source name in {@link ExemptNetworks}. */
    public static final String SOURCE = "run-time";

    private static final Logger LOG = Logger.getLogger(RuntimeExemptions.class);

    private final RuntimeExemptionFile file;
    private final ExemptNetworks exempt;
    private final SteadyClock clock;
    private volatile List<ExemptionFileLine> lines = List.of();
    private volatile ExemptionMarks marks = ExemptionMarks.NONE;
    private volatile ParseErrors parseErrors = new ParseErrors();
    private boolean shared;
    private Runnable onOwnChange = () -> {};
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
    public record UpdateResult(RuntimeExemption exemption, boolean created) {}

    String fileName() {
        return file.name();
    }

    /** Loads the file and publishes its exemptions. */
    synchronized void load() throws IOException {
        ExemptionFileContent content = file.read();
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
    public List<RuntimeExemption> all() {
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
            lines = RuntimeExemptionFile.without(lines, over::contains);
            marks = left;
            rewrite();
        }
    }

    /**
     * Exempts a network, or changes the reason and the end of an exemption. On return the change is on disk.
     *
     * @param reason printable, at most 200 chars
     * @param until when it ends by itself, within 2 seconds; null for never
     * @throws IllegalArgumentException when the reason is not valid; the message says what is allowed
     * @throws IllegalStateException when the limit of exemptions is reached
     * @throws IOException when the file cannot be written; the message says why, and nothing has changed
     */
    public synchronized UpdateResult addOrUpdate(IpPrefix network, String reason, @Nullable Instant until)
            throws IOException {
        String text = RuntimeExemptionFile.checkReason(reason.strip());
        @Nullable RuntimeExemption existing = findExact(network);
        RuntimeExemption exemption = new RuntimeExemption(
                network,
                text,
                existing == null ? clock.instant().truncatedTo(ChronoUnit.SECONDS) : existing.since(),
                until);
        List<ExemptionFileLine> next = new ArrayList<>(RuntimeExemptionFile.without(
                lines, other -> other.network().equals(network) && !other.equals(existing)));
        if (existing == null) {
            next.add(ExemptionFileLine.of(exemption));
        } else {
            next.replaceAll(line -> existing.equals(line.exemption()) ? ExemptionFileLine.of(exemption) : line);
        }
        // ended ones, which are in the file for some time, count too: it has the same limit
        if (existing == null && RuntimeExemptionFile.networks(next).size() > RuntimeExemptionFile.MAX_EXEMPTIONS) {
            throw new IllegalStateException("The limit of " + RuntimeExemptionFile.MAX_EXEMPTIONS
                    + " networks is reached; remove some, or use files (decoy.exempt.files)");
        }
        write(next, marked(network, false));
        LOG.infof("Exempt at run time: %s", exemption.toFileLine());
        publish();
        onOwnChange.run();
        return new UpdateResult(exemption, existing == null);
    }

    private @Nullable RuntimeExemption findExact(IpPrefix network) {
        return all().stream()
                .filter(exemption -> exemption.network().equals(network))
                .findFirst()
                .orElse(null);
    }

    /**
     * Removes an exemption. On return the change is on disk.
     *
     * @return false when there is none for exactly this network
     * @throws IOException when the file cannot be written; the message says why, and nothing has changed
     */
    public synchronized boolean remove(IpPrefix network) throws IOException {
        @Nullable RuntimeExemption exemption = findExact(network);
        if (exemption == null) {
            return false;
        }
        write(RuntimeExemptionFile.without(lines, other -> other.network().equals(network)), marked(network, true));
        LOG.infof("No longer exempt at run time: %s", network.cidr());
        publish();
        onOwnChange.run();
        return true;
    }

    private ExemptionMarks marked(IpPrefix network, boolean removed) {
        return shared || marks.find(network) != null ? marks.withChange(network, clock.instant(), removed) : marks;
    }

    /**
     * Shares the exemptions with other nodes: from now on changes are marked, so that the latest one can be found.
     *
     * @param listener called after each change at this node; must not block
     */
    public synchronized void share(Runnable listener) {
        shared = true;
        onOwnChange = listener;
    }

    /** All exemptions with their latest changes, and those that were removed; {@code node} is this node. */
    public synchronized List<SharedExemption> shared(String node) {
        return marks.shared(stored().toList(), node);
    }

    /**
     * Takes over the changes of other nodes that are later than those known; {@code node} is this node.
     *
     * @throws IOException when the file cannot be written; the message says why, and nothing has changed
     */
    public synchronized void merge(Collection<SharedExemption> changes, String node) throws IOException {
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

    private void write(List<ExemptionFileLine> next, ExemptionMarks nextMarks) throws IOException {
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
