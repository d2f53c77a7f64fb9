package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A good sender comes to the decoy while the primary is up, because it cannot find or reach the primary, or remembers
 * that it could not. It may be a suspect until it tries again at the primary; it is never rejected.
 */
class DetourIT {
    private static final Duration RETRY = Duration.ofMinutes(10);
    private static final Duration RETRY_OF_EXIM = Duration.ofMinutes(100);
    private static final String MOVED = "user@moved.example.org";
    private static final String HIDDEN = "user@hidden.example.org";
    private static final String RECIPIENT = "user@example.org";

    private static final String OLD_ADDRESS = Lab.UNUSED;
    private static final String NEW_ADDRESS = Lab.MORE_ADDRESSES.get(0);
    private static final String HIDDEN_ADDRESS = Lab.MORE_ADDRESSES.get(1);

    @AutoClose
    private static Lab lab;

    private static PostfixSenders senders;

    @BeforeAll
    static void start() throws IOException {
        lab = startLab(0);
        senders = lab.startSenders();
        lab.awaitStart();
    }

    /** A lab in which an hour takes at least this part of an hour. */
    static Lab startLab(int factor) throws IOException {
        return new Lab(new Lab.LabSettings(
                Duration.ofMinutes(10),
                factor,
                Lab.POLICY,
                List.of(
                        "moved.example.org. MX 10 mx1.moved.example.org.",
                        "moved.example.org. MX 90 mx9.example.org.",
                        "mx1.moved.example.org. A " + NEW_ADDRESS,
                        "hidden.example.org. MX 10 mx1.hidden.example.org.",
                        "hidden.example.org. MX 90 mx9.example.org.",
                        "mx1.hidden.example.org. A " + HIDDEN_ADDRESS),
                List.of("decoy.domains=example.org,moved.example.org,hidden.example.org")));
    }

    @AfterEach
    void recover() throws IOException {
        lab.awaitScoring();
        senders.assertNothingBounced();
    }

    /** The message went to the decoy; its sender may be a suspect, and is cleared by its next attempt. */
    private static void assertClearedByRetry(Lab lab, int number, PostfixSenders.QueuedMessage message, Runnable repair)
            throws IOException {
        String address = PostfixSenders.address(number);
        assertThat(message.awaitResult()).contains("relay=mx9.example.org", "status=deferred", "451");
        lab.decoy().awaitTier(address, "suspect");
        lab.pass(RETRY);
        assertThat(message.retry()).as("no change").contains("relay=mx9.example.org", "status=deferred");
        lab.pass(RETRY);
        repair.run();
        assertThat(message.retry()).contains("relay=mx1.", "status=sent");
        lab.decoy().awaitTier(address, "cleared");
        lab.decoy().awaitNotInFeed(address);
    }

    @Test
    void staleAddress_ofAMovedPrimary() throws IOException {
        lab.worldDns().replace("mx1.moved.example.org.", "A " + OLD_ADDRESS);
        assertClearedByRetry(lab, 5, senders.send(5, "alice", MOVED), () -> lab.worldDns()
                .replace("mx1.moved.example.org.", "A " + NEW_ADDRESS));
    }

    @Test
    void primary_thatTheSenderCannotResolve() throws IOException {
        playUnresolvable(lab, senders);
    }

    static void playUnresolvable(Lab lab, PostfixSenders senders) throws IOException {
        lab.worldDns().ignore("mx1.hidden.example.org.");
        assertClearedByRetry(lab, 6, senders.send(6, "alice", HIDDEN), () -> lab.worldDns()
                .answer("mx1.hidden.example.org.", "A " + HIDDEN_ADDRESS));
    }

    @Test
    void primary_thatTheSenderCannotReach() throws IOException {
        lab.world().run("ip", "route", "add", "unreachable", HIDDEN_ADDRESS);
        assertClearedByRetry(lab, 7, senders.send(7, "alice", HIDDEN), () -> lab.world()
                .run("ip", "route", "del", "unreachable", HIDDEN_ADDRESS));
    }

    @Test
    void exim_thatSkipsThePrimary_longerThanTheGraceTime() throws IOException {
        playExim(lab);
    }

    /** The first message fails in the outage. The second one is sent when its grace time is over. */
    static void playExim(Lab lab) throws IOException {
        EximSender exim = new EximSender(lab.world(), lab.directory("exim"), lab.clock(), "23.1.4.1", "F,4d,97m");
        lab.primary().stop();
        assertThat(exim.send("alice@exim.test", RECIPIENT)).anyMatch(line -> line.contains("mx9.example.org"));
        lab.decoy().awaitSessions("23.1.4.1", 1);
        lab.awaitDown();
        lab.primary().start();
        lab.awaitUp();
        lab.awaitScoring();
        assertThat(lab.decoy().tierOf("23.1.4.1"))
                .as(() -> lab.decoy().describe("23.1.4.1"))
                .isEqualTo("none");

        assertThat(exim.send("bob@exim.test", RECIPIENT))
                .as(exim::log)
                .anyMatch(line -> line.contains("mx9.example.org") && line.contains("451"));
        lab.decoy().awaitTier("23.1.4.1", "suspect");
        lab.pass(RETRY_OF_EXIM);
        assertThat(exim.runQueue()).as(exim::log).anyMatch(line -> line.contains("=> " + RECIPIENT));
        lab.decoy().awaitTier("23.1.4.1", "cleared");

        // the message that came to the decoy in the outage is not known, and was put off if it came first
        lab.pass(RETRY_OF_EXIM);
        exim.runQueue();
        assertThat(exim.log().lines().filter(line -> line.contains("=> " + RECIPIENT)))
                .as(exim::log)
                .hasSize(2);
    }
}
