package org.decoymx.exemption;

import java.io.IOException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.decoymx.policy.Exempt;
import org.decoymx.policy.Network;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Exemptions that the administrator makes at run time; each holds when it is on the disk, and not before. Any thread. */
final class Grants {
    /** What {@link Exempt} knows them by. */
    static final String SOURCE = "run-time";

    private static final Logger LOG = Logger.getLogger(Grants.class);

    private final GrantsFile file;
    private final Exempt exempt;
    private final Clock clock;
    private volatile List<GrantsFile.Line> lines = List.of();
    private volatile Mistakes mistakes;
    private volatile String trouble = "";

    Grants(GrantsFile file, Exempt exempt, Clock clock) {
        this.file = file;
        this.exempt = exempt;
        this.clock = clock;
        mistakes = new Mistakes(file.name());
    }

    /**
     * What came of making one.
     *
     * @param changed whether others are exempt than before
     */
    record Made(Grant grant, boolean anew, boolean changed) {}

    String name() {
        return file.name();
    }

    /** Reads those that were made before. */
    synchronized void read() throws IOException {
        GrantsFile.Content content = file.read();
        lines = content.lines();
        mistakes = content.mistakes();
        mistakes.lines().forEach(LOG::warn);
        tell();
    }

    private boolean tell() {
        return exempt.put(SOURCE, all().stream().map(Grant::exemption).toList());
    }

    /** All of them, the oldest first. */
    List<Grant> all() {
        return lines.stream().flatMap(line -> Stream.ofNullable(line.grant())).toList();
    }

    /**
     * Makes one, or gives it other words.
     *
     * @param why printable
     * @throws IllegalStateException when there are too many already
     * @throws IOException when it cannot be written, in words; then nothing has changed
     */
    synchronized Made put(Network network, String why) throws IOException {
        @Nullable Grant before = find(network);
        if (before == null && all().size() >= GrantsFile.MAX_GRANTS) {
            throw new IllegalStateException("There are " + GrantsFile.MAX_GRANTS
                    + " networks already; take some out, or name files in decoy.exempt.files");
        }
        Grant grant = new Grant(
                network, why, before == null ? clock.instant().truncatedTo(ChronoUnit.SECONDS) : before.since());
        List<GrantsFile.Line> next = new ArrayList<>(lines);
        if (before == null) {
            next.add(GrantsFile.Line.of(grant));
        } else {
            next.replaceAll(line -> before.equals(line.grant()) ? GrantsFile.Line.of(grant) : line);
        }
        write(next);
        LOG.infof("exempt at run time: %s", grant.line());
        return new Made(grant, before == null, tell());
    }

    private @Nullable Grant find(Network network) {
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
    synchronized boolean remove(Network network) throws IOException {
        @Nullable Grant grant = find(network);
        if (grant == null) {
            return false;
        }
        Predicate<GrantsFile.Line> it = line -> grant.equals(line.grant());
        write(lines.stream().filter(it.negate()).toList());
        LOG.infof("no longer exempt at run time: %s", network);
        tell();
        return true;
    }

    private void write(List<GrantsFile.Line> next) throws IOException {
        try {
            file.write(next);
        } catch (IOException e) {
            String words = file.name() + " cannot be written: " + Printable.why(e);
            if (!trouble.equals(words)) {
                LOG.warn(words);
            }
            trouble = words;
            throw new IOException(words + "; nothing has changed", e);
        }
        trouble = "";
        lines = next;
        mistakes = new Mistakes(file.name());
    }

    /** Tries to write again what is known, when the last time it could not be; nobody else is exempt by that. */
    synchronized boolean retry() {
        if (!trouble.isEmpty()) {
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
    Optional<String> trouble() {
        return trouble.isEmpty() ? mistakes.summary() : Optional.of(trouble);
    }
}
