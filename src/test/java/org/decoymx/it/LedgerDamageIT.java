package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A damaged ledger is set aside as it is, loudly, and the decoy goes on with a new one. */
class LedgerDamageIT {
    private static final String OLD = "23.0.0.1";
    private static final String NEW = "23.0.0.2";
    private static final int MANY = 2_000;
    private static final int PAGE = 2_048;
    private static final int THREADS = 4;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path dir = Scratch.directory("ledger");

    /** What a disk, or a person, may make of the file. */
    enum Damage {
        GARBAGE {
            @Override
            void doTo(RandomAccessFile file) throws IOException {
                byte[] garbage = new byte[50_000];
                new Random(1).nextBytes(garbage);
                file.setLength(0);
                file.write(garbage);
            }
        },
        TEXT {
            @Override
            void doTo(RandomAccessFile file) throws IOException {
                file.setLength(0);
                file.write("this is no database\n".getBytes(StandardCharsets.US_ASCII));
            }
        },
        CUT {
            @Override
            void doTo(RandomAccessFile file) throws IOException {
                file.setLength(file.length() / PAGE / 2 * PAGE);
            }
        },
        CUT_IN_A_PAGE {
            @Override
            void doTo(RandomAccessFile file) throws IOException {
                file.setLength(file.length() / 2 + 700);
            }
        },
        HEADER_ZEROED {
            @Override
            void doTo(RandomAccessFile file) throws IOException {
                file.write(new byte[PAGE]);
            }
        },
        PAGE_OVERWRITTEN {
            @Override
            void doTo(RandomAccessFile file) throws IOException {
                file.seek(file.length() / PAGE / 2 * PAGE);
                file.write(new byte[PAGE]);
            }
        },
        SCHEMA_OVERWRITTEN {
            @Override
            void doTo(RandomAccessFile file) throws IOException {
                file.seek(1_000);
                file.write("x".repeat(PAGE - 1_000).getBytes(StandardCharsets.US_ASCII));
            }
        };

        abstract void doTo(RandomAccessFile file) throws IOException;
    }

    @AfterEach
    void cleanUp() {
        Scratch.delete(dir);
    }

    @ParameterizedTest
    @EnumSource
    void damage_atTheStart_isSetAside(Damage damage) throws IOException {
        try (LedgerDecoy decoy = LedgerDecoy.in(dir)) {
            catchMany(decoy);
            decoy.decoy().stop();
            doDamage(decoy, damage);
            byte[] damaged = Files.readAllBytes(decoy.file());
            decoy.decoy().restart();

            decoy.listsOnly();
            decoy.catches(NEW);
            decoy.keepsOnly(NEW);
            assertThat(setAside()).hasSize(1);
            assertThat(setAside().get(0)).hasBinaryContent(damaged);
            decoy.comesToComplain(setAside().get(0).getFileName().toString());
            Files.delete(setAside().get(0));
            decoy.recovers();
        }
    }

    @ParameterizedTest
    @EnumSource
    void damage_afterKill9_losesNoListedSenderUnseen(Damage damage) throws IOException {
        try (LedgerDecoy decoy = LedgerDecoy.in(dir)) {
            catchMany(decoy);
            decoy.decoy().stop();
            decoy.decoy().restart();
            decoy.catches(OLD);
            decoy.decoy().crash();
            doDamage(decoy, damage);
            decoy.decoy().restart();

            decoy.catches(NEW);
            boolean isWhole = decoy.decoy().feed().size() == MANY + 2;
            assertThat(isWhole || decoy.health().statusCode() == 503)
                    .as(
                            "what is missing is told of; listed: %d; the log:%n%s",
                            decoy.decoy().feed().size(), decoy.decoy().log())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void damage_whileRunning_costsNothing(Damage damage) throws IOException {
        try (LedgerDecoy decoy = LedgerDecoy.in(dir)) {
            catchMany(decoy);
            decoy.decoy().stop();
            decoy.decoy().restart();
            doDamage(decoy, damage);

            mailFromAll(decoy);
            decoy.catches(NEW);
            assertThat(decoy.decoy().feed()).hasSize(MANY + 1);
            var served = decoy.decoy().feed();
            decoy.decoy().stop();
            decoy.decoy().restart();
            assertThat(decoy.decoy().feed()).as(decoy.decoy().log()).containsExactlyElementsOf(served);
        }
    }

    private static void doDamage(LedgerDecoy decoy, Damage damage) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(decoy.file().toFile(), "rw")) {
            damage.doTo(file);
        }
    }

    private static void catchMany(LedgerDecoy decoy) {
        mailFromAll(decoy);
        await("all in the feed").atMost(LIMIT).until(() -> decoy.decoy().feed().size() == MANY);
    }

    private static void mailFromAll(LedgerDecoy decoy) {
        try (Load load = Load.start(decoy.decoy().smtpPort(), THREADS)) {
            load.add(IntStream.range(0, MANY)
                    .mapToObj(i -> "24.1." + i / 250 + "." + (1 + i % 250))
                    .toList());
            await("all have mailed").atMost(LIMIT).until(() -> load.deferred() == MANY);
        }
    }

    private List<Path> setAside() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.filter(file -> file.getFileName().toString().matches("ledger\\.db\\.corrupt-\\w+"))
                    .toList();
        }
    }
}
