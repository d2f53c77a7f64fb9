package org.decoymx.admin.login;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.decoymx.support.AtomicFile;
import org.decoymx.support.BoundedLineReader;
import org.decoymx.support.Condition;
import org.decoymx.support.FileMessages;
import org.decoymx.support.PrintableText;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Records what administrators change, and logins: who, from where, when, what and why. It is kept in
 * {@code audit.log} in the data directory, a JSON object on each line. When that has {@link #MAX_OCTETS}, it becomes
 * {@code audit.log.1}. Thread-safe; it writes to the disk.
 */
@Singleton
public final class AuditLog {
    /** Maximum number of entries that are shown. */
    static final int MAX_SHOWN = 200;

    static final long MAX_OCTETS = 1L << 20;

    private static final Logger LOG = Logger.getLogger(AuditLog.class);
    private static final String FILE = "audit.log";
    private static final Set<StandardOpenOption> APPEND =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    private static final int MAX_LINE_OCTETS = 4_096;
    private static final Duration REPEAT_INTERVAL = Duration.ofMinutes(10);
    private static final int MAX_TEXT = 500;

    private final Path file;
    private final ObjectMapper json;
    private final Clock clock;
    private final Actor actor;
    private final Condition writable;
    private @Nullable Deque<AuditEntry> latest;
    private boolean appended;

    /** @param actor who has sent the current request */
    AuditLog(@ConfigProperty(name = "decoy.ledger.dir") Path dir, ObjectMapper json, Clock clock, Actor actor) {
        this.actor = actor;
        file = dir.resolve(FILE);
        this.json = json;
        this.clock = clock;
        writable = new Condition(clock);
    }

    /**
     * A change.
     *
     * @param who the name of the user, or the key of the token or of the file of users
     * @param from the address of the client; empty for none
     * @param what what was changed, or another event such as a login
     * @param why the reason that was given; empty if there is none
     */
    public record AuditEntry(Instant at, String who, String from, String what, String why) {
        private boolean isSame(AuditEntry other) {
            return who.equals(other.who) && from.equals(other.from) && what.equals(other.what);
        }
    }

    /** Records a change that the current request has made. All texts are escaped here. */
    public void record(String what, String why) {
        AuditEntry entry = entry(actor.name(), actor.address(), what, why);
        LOG.infof("By hand, by %s from %s: %s; reason: %s", entry.who(), entry.from(), entry.what(), entry.why());
        append(entry);
    }

    /** The same for a named user, or something else that has happened. */
    void record(String who, String from, String what, String why) {
        AuditEntry entry = entry(who, from, what, why);
        LOG.infof("%s%s: %s", entry.who(), from.isEmpty() ? "" : " from " + entry.from(), entry.what());
        append(entry);
    }

    /** The same, unless it is among the entries of the last minutes: a user could fill the file. */
    void recordOnce(String who, String from, String what) {
        AuditEntry entry = entry(who, from, what, "");
        Instant since = clock.instant().minus(REPEAT_INTERVAL);
        if (latest().stream().noneMatch(known -> known.at().isAfter(since) && known.isSame(entry))) {
            record(who, from, what, "");
        }
    }

    private AuditEntry entry(String who, String from, String what, String why) {
        return new AuditEntry(
                clock.instant().truncatedTo(ChronoUnit.SECONDS), escape(who), escape(from), escape(what), escape(why));
    }

    private static String escape(String text) {
        return PrintableText.escape(text, MAX_TEXT);
    }

    private synchronized void append(AuditEntry entry) {
        Deque<AuditEntry> entries = load();
        entries.addFirst(entry);
        if (entries.size() > MAX_SHOWN) {
            entries.removeLast();
        }
        try {
            if (Files.exists(file) && Files.size(file) >= MAX_OCTETS) {
                Files.move(file, file.resolveSibling(FILE + ".1"), StandardCopyOption.ATOMIC_MOVE);
            }
            String line = json.writeValueAsString(entry) + "\n";
            try (FileChannel out = FileChannel.open(file, APPEND, AtomicFile.OWNER_ONLY)) {
                // the first one ends a line that a power cut may have left
                out.write(ByteBuffer.wrap((appended ? line : "\n" + line).getBytes(StandardCharsets.UTF_8)));
                out.force(true);
                appended = true;
            }
            writable.recover();
        } catch (IOException e) {
            String problem = FileMessages.name(file) + " cannot be written: " + FileMessages.describe(e);
            writable.fail(problem, () -> LOG.error(problem + "; changes are only in the log"));
        }
    }

    /** The latest changes, the newest first. */
    public synchronized List<AuditEntry> latest() {
        return List.copyOf(load());
    }

    /** Why the file cannot be written; empty if it can. */
    public Optional<String> problem() {
        return writable.problem();
    }

    private Deque<AuditEntry> load() {
        if (latest == null) {
            latest = new ArrayDeque<>();
            for (Path part : List.of(file.resolveSibling(FILE + ".1"), file)) {
                read(part).forEach(latest::addFirst);
            }
            while (latest.size() > MAX_SHOWN) {
                latest.removeLast();
            }
        }
        return latest;
    }

    private List<AuditEntry> read(Path part) {
        List<AuditEntry> entries = new ArrayList<>();
        if (Files.isRegularFile(part)) {
            try (InputStream in = Files.newInputStream(part)) {
                BoundedLineReader lines = new BoundedLineReader(in, MAX_LINE_OCTETS);
                for (@Nullable String line = lines.readText(); line != null; line = lines.readText()) {
                    parse(line).ifPresent(entries::add);
                }
            } catch (IOException e) {
                LOG.warnf("%s cannot be read: %s", FileMessages.name(part), FileMessages.describe(e));
            }
        }
        return entries;
    }

    /** A line that a power cut has damaged is left out. */
    private Optional<AuditEntry> parse(String line) {
        try {
            AuditEntry entry = json.readValue(line, AuditEntry.class);
            return entry == null
                            || Stream.of(entry.at(), entry.who(), entry.from(), entry.what(), entry.why())
                                    .anyMatch(Objects::isNull)
                    ? Optional.empty()
                    : Optional.of(entry);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
