package org.decoymx.it;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two decoys share one list through three brokers, which are killed in turn under load. */
class ExchangeClusterIT {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final int CLIENTS_PER_ROUND = 100;

    @Test
    void brokersKilledInTurn_loseNothing() {
        assertNothingLost(3);
    }

    @Test
    @Tag("long")
    void brokersKilledInTurn_twentyRounds_loseNothing() {
        assertNothingLost(60);
    }

    private static void assertNothingLost(int kills) {
        List<KafkaBroker> brokers = KafkaBroker.startThree();
        String servers = brokers.stream().map(KafkaBroker::address).collect(Collectors.joining(","));
        try (DecoyGroup group = new DecoyGroup(servers, "site")) {
            group.start("one");
            group.start("two");
            for (int kill = 0; kill < kills; kill++) {
                KafkaBroker broker = brokers.get(kill % brokers.size());
                try (MailLoad one = group.load("one", group.newClients(CLIENTS_PER_ROUND));
                        MailLoad two = group.load("two", group.newClients(CLIENTS_PER_ROUND))) {
                    await("some mail").atMost(LIMIT).until(() -> one.deferredCount() > CLIENTS_PER_ROUND / 5);
                    broker.kill();
                    await("all mail")
                            .atMost(LIMIT)
                            .until(() -> one.deferredCount() + two.deferredCount() == 2 * CLIENTS_PER_ROUND);
                    broker.restart();
                }
                // two of the three hold each state, so the next may be killed once this one has caught up
                broker.awaitInSync();
            }
            group.awaitHealthy("one", "two");
            group.awaitSameLists("one", "two");
        } finally {
            brokers.forEach(KafkaBroker::close);
        }
    }
}
