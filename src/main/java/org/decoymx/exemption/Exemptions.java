package org.decoymx.exemption;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.decoymx.ledger.Collector;
import org.decoymx.ledger.LedgerConfig;
import org.decoymx.policy.Exempt;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.Network;
import org.decoymx.policy.Policy;
import org.jboss.logging.Logger;

/**
 * Networks that are never listed, by configuration, files, the administrator's word at run time, and of themselves. What
 * may change is looked at again on a thread of its own, as a disk may not answer.
 */
@Singleton
public final class Exemptions {
    /** What {@link Exempt} knows those by that were exempted at run time. */
    public static final String RUN_TIME = Grants.SOURCE;

    private static final Logger LOG = Logger.getLogger(Exemptions.class);
    private static final int BEFORE_THE_LEDGER = 500;
    private static final String KEY = "decoy.exempt.networks";
    private static final String GRANTS = "exemptions.txt";
    private static final int MAX_WHY = 200;
    private static final long FILES_SECONDS = 2;
    private static final long MACHINE_SECONDS = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ExemptConfig config;
    private final boolean trial;
    private final Exempt exempt;
    private final Collector collector;
    private final Clock clock;
    private final Machine machine;
    private final NetworkFiles files;
    private final Grants grants;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(Exemptions::daemon);
    private volatile Instant looked;
    private String complaint = "";

    Exemptions(
            ExemptConfig config, LedgerConfig ledger, Policy policy, Exempt exempt, Collector collector, Clock clock) {
        this.config = config;
        trial = policy.rules().isTrial();
        this.exempt = exempt;
        this.collector = collector;
        this.clock = clock;
        machine = new Machine(exempt);
        files = new NetworkFiles(config.files().orElse(List.of()), exempt);
        grants = new Grants(new GrantsFile(ledger.ledger().dir().resolve(GRANTS)), exempt, clock);
        looked = clock.instant();
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "exemptions");
        thread.setDaemon(true);
        return thread;
    }

    /** All are known before the ledger tells who is listed. */
    void start(@Observes @Priority(BEFORE_THE_LEDGER) StartupEvent event) {
        exempt.put(
                KEY,
                config.networks().orElse(List.of()).stream()
                        .map(Exemptions::named)
                        .toList());
        if (!trial) {
            machine.begin();
        }
        files.read();
        try {
            grants.read();
        } catch (IOException e) {
            throw new ConfigurationException("decoy.ledger.dir: " + grants.name() + " cannot be read: "
                    + Printable.why(e) + "; make it readable, as it names who is never listed");
        }
        every(FILES_SECONDS, files::look);
        every(FILES_SECONDS, grants::retry);
        if (!trial) {
            every(MACHINE_SECONDS, machine::look);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        thread.shutdown();
    }

    private static Exemption named(String network) {
        try {
            NetworkLine said = NetworkLine.parse(network.strip(), "");
            return new Exemption(said.network(), said.exempt(), "named in " + KEY);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(KEY + ": " + e.getMessage());
        }
    }

    private void every(long seconds, BooleanSupplier look) {
        var unused = thread.scheduleWithFixedDelay(() -> look(look), seconds, seconds, TimeUnit.SECONDS);
    }

    /** Whatever goes wrong, the next look comes. */
    private void look(BooleanSupplier look) {
        try {
            if (look.getAsBoolean()) {
                collector.tellAgain();
            }
            looked = clock.instant();
            complaint = "";
        } catch (Throwable e) {
            if (!complaint.equals(e.toString())) {
                complaint = e.toString();
                LOG.errorf(e, "the exemptions could not be looked at");
            }
        }
    }

    /**
     * What came of exempting a network.
     *
     * @param anew whether it was not exempt at run time before
     */
    public record Granted(Grant grant, boolean anew) {}

    /**
     * Exempts a network from now on, whether it was or not; when this returns it is on the disk.
     *
     * @param why printable, 200 chars at most
     * @throws IllegalArgumentException when the words cannot be taken; says what is allowed
     * @throws IllegalStateException when there are too many
     * @throws IOException when it cannot be written, in words; then nothing has changed
     */
    public Granted grant(Network network, String why) throws IOException {
        String words = why.strip();
        if (words.length() > MAX_WHY || !Printable.is(words)) {
            throw new IllegalArgumentException(
                    "The body says why, in one line of " + MAX_WHY + " printable characters at most");
        }
        Grants.Made made = grants.put(network, words);
        if (made.changed()) {
            collector.tellAgain();
        }
        return new Granted(made.grant(), made.anew());
    }

    /**
     * Takes back what {@link #grant} has done; false when it has not, for exactly this network.
     *
     * @throws IOException when it cannot be written, in words; then nothing has changed
     */
    public boolean revoke(Network network) throws IOException {
        boolean revoked = grants.remove(network);
        if (revoked) {
            collector.tellAgain();
        }
        return revoked;
    }

    /** What was exempted at run time, the oldest first. */
    public List<Grant> granted() {
        return grants.all();
    }

    /** What is wrong, each in a sentence; none when all is well. */
    public List<String> troubles() {
        Optional<String> standstill = looked.isBefore(clock.instant().minus(PATIENCE))
                ? Optional.of("the files were not looked at since " + looked.truncatedTo(ChronoUnit.SECONDS)
                        + ": the disk does not answer, or see the log")
                : Optional.empty();
        return Stream.of(standstill.stream(), files.troubles().stream(), grants.trouble().stream())
                .flatMap(troubles -> troubles)
                .toList();
    }
}
