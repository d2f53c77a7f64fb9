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
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration STEADY = Duration.ofMillis(1_500);

    private final AtomicInteger fillers = new AtomicInteger();
    private Mount disk;

    @BeforeEach
    void mount() {
        disk = Mount.tmpfs("3m");
    }

    @AfterEach
    void unmount() {
        disk.close();
    }

    @Test
    void diskFull_whileRunning_waitsAndRecovers() {
        try (LedgerDecoy decoy = LedgerDecoy.in(disk.dir())) {
            decoy.catches(OLD);
            fill(decoy);
            int listed = decoy.decoy().feed().size();

            decoy.defers(NEW, NEW_TOO);
            staysTheSame(decoy, listed);
            decoy.comesToComplain(NO_SPACE);

            disk.free();
            decoy.comesToList(OLD, NEW, NEW_TOO_LISTED);
            decoy.recovers();
            assertThat(Sqlite.caught(decoy.file()))
                    .containsExactlyInAnyOrderElementsOf(decoy.decoy().feed());
            assertThat(decoy.decoy().feed()).hasSize(3 + fillers.get());
        }
    }

    @Test
    void diskFull_whenItIsKilled_keepsWhatWasServed() {
        try (LedgerDecoy decoy = LedgerDecoy.in(disk.dir())) {
            decoy.catches(OLD);
            fill(decoy);
            var served = decoy.decoy().feed();
            decoy.decoy().crash();
            disk.fill();

            decoy.decoy().restart();
            assertThat(decoy.decoy().feed()).containsExactlyElementsOf(served);
            decoy.defers(NEW);
            disk.free();
            decoy.comesToList(NEW);
            decoy.recovers();
            Sqlite.isSound(decoy.file());
        }
    }

    @Test
    void diskFull_atTheStart_servesTheOldList() {
        try (LedgerDecoy decoy = LedgerDecoy.in(disk.dir())) {
            decoy.catches(OLD);
            decoy.decoy().stop();
            disk.fill();
            decoy.decoy().restart();

            decoy.listsOnly(OLD);
            fill(decoy);
            assertThat(decoy.decoy().feed()).contains(OLD);
            decoy.defers(NEW);
            disk.free();
            decoy.comesToList(OLD, NEW);
            decoy.recovers();
        }
    }

    @Test
    void diskFull_atTheVeryFirstStart_waitsAndRecovers() {
        disk.fill();
        try (LedgerDecoy decoy = LedgerDecoy.in(disk.dir())) {
            decoy.comesToComplain(NO_SPACE);
            decoy.defers(NEW);
            decoy.listsOnly();
            disk.free();
            decoy.comesToList(NEW);
            decoy.recovers();
            decoy.keepsOnly(NEW);
        }
    }

    /** Leaves no octet: what the ledger frees itself when it has trouble is taken too, until the trouble stays. */
    private void fill(LedgerDecoy decoy) {
        await("a full disk").atMost(LIMIT).during(STEADY).until(() -> {
            disk.fill();
            if (!decoy.complains(NO_SPACE)) {
                decoy.defers("23.0.1." + fillers.incrementAndGet());
            }
            return decoy.complains(NO_SPACE);
        });
    }

    private static void staysTheSame(LedgerDecoy decoy, int listed) {
        await("no change")
                .during(STEADY)
                .atMost(LIMIT)
                .until(() -> decoy.decoy().feed().size() == listed);
    }
}
