package org.decoymx.primary;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.decoymx.ledger.LedgerConfig;

/** Keeps on the disk what is known of the primary MX, every second. */
@ApplicationScoped
public class PrimaryKeeperBean {
    private static final String FILE = "primary.db";
    private static final long TICK_MILLIS = 1_000;
    private static final int BEFORE_LEDGER = 900;
    private static final int LAST = 2_900;

    private final PrimaryKeeper keeper;
    private final Vertx vertx;

    PrimaryKeeperBean(LedgerConfig config, Witnesses witnesses, Outage outage, Vertx vertx, Clock clock) {
        keeper = new PrimaryKeeper(
                new PrimaryFile(config.ledger().dir().resolve(FILE), clock), witnesses, outage, clock);
        this.vertx = vertx;
    }

    /** All is read before anybody is judged by it. */
    void start(@Observes @Priority(BEFORE_LEDGER) StartupEvent event) {
        keeper.start();
        vertx.setPeriodic(TICK_MILLIS, timer -> keeper.tick());
    }

    void stop(@Observes @Priority(LAST) ShutdownEvent event) {
        keeper.stop();
    }

    /** Why the file cannot be used, for people; empty when it can. */
    public Optional<String> trouble() {
        return keeper.trouble();
    }

    /** The names of damaged files that were set aside and still lie there. */
    public List<String> setAsideFiles() {
        return keeper.setAsideFiles();
    }
}
