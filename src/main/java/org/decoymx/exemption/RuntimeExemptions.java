package org.decoymx.exemption;

import java.io.IOException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.IpNetwork;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Exemptions that the administrator makes at run time; each holds when it is on the disk, and not before. Any thread. */
final class RuntimeExemptions {
    /** What {@link ExemptNetworks} knows them by. */
    static final String SOURCE = "run-time";

    private static final Logger LOG = Logger.getLogger(RuntimeExemptions.class);

    private final RuntimeExemptionFile file;
    private final ExemptNetworks exempt;
    private final Clock clock;
    private volatile List<RuntimeExemptionFile.ExemptionFileLine> lines = List.of();
    private volatile ParseErrors parseErrors;
    private volatile String writeProblem = "";

    RuntimeExemptions(RuntimeExemptionFile file, ExemptNetworks exempt, Clock clock) {
        this.file = file;
        this.exempt = exempt;
        this.clock = clock;
        parseErrors = new ParseErrors(file.name());
    }

    /**
     * What came of making one.
     *
     * @param changed whether others are exempt than before
     */
    record UpdateResult(RuntimeExemption exemption, boolean created, boolean changed) {}

    String fileName() {
        return file.name();
    }

    /** Reads those that were made before. */
    synchronized void load() throws IOException {
        RuntimeExemptionFile.ExemptionFileContent content = file.read();
        lines = content.lines();
        parseErrors = content.parseErrors();
        parseErrors.toLogLines().forEach(LOG::warn);
        publish();
    }

    private boolean publish() {
        return exempt.replaceSource(
                SOURCE, all().stream().map(RuntimeExemption::toExemption).toList());
    }

    /** All of them, the oldest first. */
    List<RuntimeExemption> all() {
        return lines.stream()
                .flatMap(line -> Stream.ofNullable(line.exemption()))
                .toList();
    }

    /**
     * Makes one, or gives it other words.
     *
     * @param why printable
     * @throws IllegalStateException when there are too many already
     * @throws IOException when it cannot be written, in words; then nothing has changed
     */
    synchronized UpdateResult addOrUpdate(IpNetwork network, String why) throws IOException {
        @Nullable RuntimeExemption before = findExact(network);
        if (before == null && all().size() >= RuntimeExemptionFile.MAX_EXEMPTIONS) {
            throw new IllegalStateException("There are " + RuntimeExemptionFile.MAX_EXEMPTIONS
                    + " networks already; take some out, or name files in decoy.exempt.files");
        }
        RuntimeExemption grant = new RuntimeExemption(
                network, why, before == null ? clock.instant().truncatedTo(ChronoUnit.SECONDS) : before.since());
        List<RuntimeExemptionFile.ExemptionFileLine> next = new ArrayList<>(lines);
        if (before == null) {
            next.add(RuntimeExemptionFile.ExemptionFileLine.of(grant));
        } else {
            next.replaceAll(
                    line -> before.equals(line.exemption()) ? RuntimeExemptionFile.ExemptionFileLine.of(grant) : line);
        }
        write(next);
        LOG.infof("exempt at run time: %s", grant.toFileLine());
        return new UpdateResult(grant, before == null, publish());
    }

    private @Nullable RuntimeExemption findExact(IpNetwork network) {
        return all().stream()
                .filter(grant -> grant.network().equals(network))
                .findFirst()
                .orElse(null);
    }

    /**
     * Takes one back; false when there is none of exactly this network.
     *
     * @throws IOException when it cannot be written, in words; then nothing has changed
     */
    synchronized boolean remove(IpNetwork network) throws IOException {
        @Nullable RuntimeExemption grant = findExact(network);
        if (grant == null) {
            return false;
        }
        Predicate<RuntimeExemptionFile.ExemptionFileLine> it = line -> grant.equals(line.exemption());
        write(lines.stream().filter(it.negate()).toList());
        LOG.infof("no longer exempt at run time: %s", network);
        publish();
        return true;
    }

    private void write(List<RuntimeExemptionFile.ExemptionFileLine> next) throws IOException {
        try {
            file.write(next);
        } catch (IOException e) {
            String words = file.name() + " cannot be written: " + PrintableText.describe(e);
            if (!writeProblem.equals(words)) {
                LOG.warn(words);
            }
            writeProblem = words;
            throw new IOException(words + "; nothing has changed", e);
        }
        writeProblem = "";
        lines = next;
        parseErrors = new ParseErrors(file.name());
    }

    /** Tries to write again what is known, when the last time it could not be; nobody else is exempt by that. */
    synchronized boolean retryWrite() {
        if (!writeProblem.isEmpty()) {
            try {
                write(lines);
                LOG.infof("%s can be written again", file.name());
            } catch (IOException e) {
                LOG.debug(e.getMessage());
            }
        }
        return false;
    }

    /** Why it cannot be written, or what in it is no network; empty when all is well. */
    Optional<String> problem() {
        return writeProblem.isEmpty() ? parseErrors.summary() : Optional.of(writeProblem);
    }
}
