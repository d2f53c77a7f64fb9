package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Without space on the disk the decoy talks on and serves its list; with space again it goes on by itself. */
class LedgerFullIT {
    private static final String OLD = "23.0.0.1";
    private static final String NEW = "23.0.0.2";
    private static final String NEW_TOO = "2a01:4f8:1:2::25";
    private static final String NEW_TOO_LISTED = "2a01:4f8:1:2::/64";
    private static final String NO_SPACE = "no space is left";
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration STEADY = Duration.ofMillis(1_500);

    private final AtomicInteger fillers = new AtomicInteger();
    private TestMount disk;

    @BeforeEach
    void mount() {
        disk = TestMount.tmpfs("3m");
    }

    @AfterEach
    void unmount() {
        disk.close();
    }

    @Test
    void diskFull_whileRunning_waitsAndRecovers() {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(disk.dir())) {
            decoy.assertListed(OLD);
            fill(decoy);
            int listed = decoy.decoy().feedEntries().size();

            decoy.assertDeferred(NEW, NEW_TOO);
            staysTheSame(decoy, listed);
            decoy.awaitDown(NO_SPACE);

            disk.freeSpace();
            decoy.awaitListed(OLD, NEW, NEW_TOO_LISTED);
            decoy.awaitUp();
            assertThat(SqliteShell.caughtOrigins(decoy.file()))
                    .containsExactlyInAnyOrderElementsOf(decoy.decoy().feedEntries());
            assertThat(decoy.decoy().feedEntries()).hasSize(3 + fillers.get());
        }
    }

    @Test
    void diskFull_whenItIsKilled_keepsWhatWasServed() {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(disk.dir())) {
            decoy.assertListed(OLD);
            fill(decoy);
            var served = decoy.decoy().feedEntries();
            decoy.decoy().killProcess();
            disk.fillUp();

            decoy.decoy().restart();
            assertThat(decoy.decoy().feedEntries()).containsExactlyElementsOf(served);
            decoy.assertDeferred(NEW);
            disk.freeSpace();
            decoy.awaitListed(NEW);
            decoy.awaitUp();
            SqliteShell.assertIntact(decoy.file());
        }
    }

    @Test
    void diskFull_atTheStart_servesTheOldList() {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(disk.dir())) {
            decoy.assertListed(OLD);
            decoy.decoy().stop();
            disk.fillUp();
            decoy.decoy().restart();

            decoy.assertOnlyListed(OLD);
            fill(decoy);
            assertThat(decoy.decoy().feedEntries()).contains(OLD);
            decoy.assertDeferred(NEW);
            disk.freeSpace();
            decoy.awaitListed(OLD, NEW);
            decoy.awaitUp();
        }
    }

    @Test
    void diskFull_atTheVeryFirstStart_waitsAndRecovers() {
        disk.fillUp();
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(disk.dir())) {
            decoy.awaitDown(NO_SPACE);
            decoy.assertDeferred(NEW);
            decoy.assertOnlyListed();
            disk.freeSpace();
            decoy.awaitListed(NEW);
            decoy.awaitUp();
            decoy.assertOnlyStored(NEW);
        }
    }

    /** Leaves no octet: what the ledger frees itself when it has trouble is taken too, until the trouble stays. */
    private void fill(DecoyWithLedger decoy) {
        await("a full disk").atMost(LIMIT).during(STEADY).until(() -> {
            disk.fillUp();
            if (!decoy.isDown(NO_SPACE)) {
                decoy.assertDeferred("23.0.1." + fillers.incrementAndGet());
            }
            return decoy.isDown(NO_SPACE);
        });
    }

    private static void staysTheSame(DecoyWithLedger decoy, int listed) {
        await("no change")
                .during(STEADY)
                .atMost(LIMIT)
                .until(() -> decoy.decoy().feedEntries().size() == listed);
    }
}
