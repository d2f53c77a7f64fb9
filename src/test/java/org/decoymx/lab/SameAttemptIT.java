package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A sender is put off at the primary, and goes on to the decoy in the same attempt, from another address. */
class SameAttemptIT {
    private static final String MAIL_TO_DUAL = "user@dual.example.org";
    private static final String MAIL_TO_REVERSE = "user@reverse.example.org";
    private static final String MAIL_TO_LATER = "user@later.example.org";

    @AutoClose
    private static Lab lab;

    private static PostfixSenders senders;

    /** A primary or a decoy of some domains has only IPv6, the others have only IPv4. */
    @BeforeAll
    static void start() throws IOException {
        assumeTrue(Lab.hasIpv6(), "the machine has no IPv6");
        lab = new Lab(new Lab.LabSettings(
                Duration.ofMinutes(2),
                0,
                Lab.POLICY,
                List.of(
                        "dual.example.org. MX 10 mx6.example.org.",
                        "dual.example.org. MX 90 mx9.example.org.",
                        "later.example.org. MX 10 mx1.example.org.",
                        "later.example.org. MX 90 mx9.example.org.",
                        "reverse.example.org. MX 10 mx1.example.org.",
                        "reverse.example.org. MX 90 mx9six.example.org.",
                        "mx6.example.org. AAAA " + Lab.PRIMARY6,
                        "mx9six.example.org. AAAA " + Lab.DECOY6),
                List.of(
                        "decoy.domains=example.org,dual.example.org,reverse.example.org,later.example.org",
                        "decoy.policy.decoy-hosts=mx9six.example.org")));
        senders = lab.startSenders();
        lab.awaitStart();
    }

    private static void assertExcused(int number, String recipient, String decoyHost, String atTheDecoy)
            throws IOException {
        String restrictions = "smtpd_recipient_restrictions=check_recipient_access inline:{" + recipient + "=DEFER}";
        lab.changePrimary(recipient, "450 ", restrictions);
        PostfixSenders.QueuedMessage message = senders.send(number, "alice", recipient);
        assertThat(message.awaitResult()).contains("relay=" + decoyHost, "status=deferred", "451");
        lab.decoy().awaitSessions(atTheDecoy, 1);
        lab.changePrimary(recipient, "250 ", "smtpd_recipient_restrictions=");
        lab.pass(Duration.ofMinutes(10));
        assertThat(lab.decoy().tierOf(atTheDecoy))
                .as(() -> lab.decoy().describe(atTheDecoy))
                .isEqualTo("none");
        assertThat(message.retry()).contains("status=sent");
    }

    @Test
    void ipv6AtThePrimary_ipv4AtTheDecoy() throws IOException {
        assertExcused(15, MAIL_TO_DUAL, "mx9.example.org", PostfixSenders.address(15));
    }

    @Test
    void ipv4AtThePrimary_ipv6AtTheDecoy() throws IOException {
        assertExcused(16, MAIL_TO_REVERSE, "mx9six.example.org", PostfixSenders.address6(16));
    }

    @Test
    void ipv4AtBoth() throws IOException {
        assertExcused(17, MAIL_TO_LATER, "mx9.example.org", PostfixSenders.address(17));
    }
}
