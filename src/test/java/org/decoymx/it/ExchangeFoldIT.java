package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What decoys that share one list make of a sender that several of them know: two count it, the third only reads, and
 * lists whom two caught. One conversation has 10 points, and 15 are needed.
 */
class ExchangeFoldIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static KafkaBroker broker;
    private static DecoyGroup group;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
        group = new DecoyGroup(broker.address(), "site", "decoy.policy.threshold=15", "decoy.policy.retry-after=2s");
        group.start("one");
        group.start("two");
        group.start("careful", "decoy.exchange.role=list", "decoy.exchange.min-nodes=2");
        group.awaitHealthy("one", "two", "careful");
    }

    @AfterAll
    static void stop() {
        try {
            if (group != null) {
                group.close();
            }
        } finally {
            if (broker != null) {
                broker.close();
            }
        }
    }

    private static String newClient() {
        return group.newClients(1).get(0);
    }

    private static void awaitListed(String client, String... nodes) {
        for (String node : nodes) {
            await(client + " at " + node).atMost(LIMIT).until(() -> isListed(client, node));
        }
    }

    private static void awaitNotListed(String client, String... nodes) {
        for (String node : nodes) {
            await(client + " at " + node).atMost(LIMIT).until(() -> !isListed(client, node));
        }
    }

    private static boolean isListed(String client, String node) {
        return group.decoy(node).feedEntries().contains(client);
    }

    /** Waits until all nodes have counted the sessions of a client. */
    private static void awaitCounted(String client, int sessions) {
        for (String node : List.of("one", "two", "careful")) {
            group.decoy(node).awaitSender(client, sessions);
        }
    }

    /** The nodes have the same entry, or none. */
    private static void awaitSameEntry(String client, String... nodes) {
        await("the same entry of " + client).atMost(LIMIT).untilAsserted(() -> {
            for (String node : nodes) {
                assertThat(entry(node, client)).isEqualTo(entry(nodes[0], client));
            }
        });
    }

    private static String entry(String node, String client) {
        return DecoyGroup.list(group.decoy(node)).stream()
                .filter(entry -> entry.startsWith(client + ' '))
                .findFirst()
                .orElse("");
    }

    private static void delist(String node, String client) {
        ExemptionCalls.assertResponse(
                ExemptionCalls.curl(group.decoy(node), "DELETE", "/senders/" + client, "-d", "{\"reason\":\"ours\"}"),
                200,
                "\"verdict\":\"not listed\"");
    }

    @Test
    void pointsOfTwoNodes_reachTheThresholdInSum() {
        String client = newClient();
        group.sendAgain("one", client);
        awaitCounted(client, 1);
        assertThat(isListed(client, "one")).isFalse();
        group.sendAgain("two", client);
        awaitListed(client, "one", "two", "careful");
        awaitSameEntry(client, "one", "two", "careful");
    }

    @Test
    void senderOfOneNode_isNotListedWhereTwoAreNeeded() {
        String client = newClient();
        group.sendAgain("one", client);
        group.sendAgain("one", client);
        awaitListed(client, "one", "two");
        awaitSameEntry(client, "one", "two");
        awaitCounted(client, 2);
        assertThat(isListed(client, "careful")).isFalse();
        group.sendAgain("two", client);
        awaitListed(client, "careful");
    }

    @Test
    void delistedSender_isForgottenAtAllNodes_whileOneCounts() {
        String client = newClient();
        group.sendAgain("one", client);
        group.sendAgain("two", client);
        awaitListed(client, "one", "two", "careful");
        for (int i = 0; i < 5; i++) {
            group.sendAgain("two", client);
            if (i == 2) {
                delist("one", client);
            }
        }
        awaitCounted(client, 7);
        awaitSameEntry(client, "one", "two", "careful");

        // decisions and scores have full seconds; what is counted in the same second is forgotten, too
        delist("one", client);
        awaitNotListed(client, "one", "two", "careful");
        await("a later second").pollDelay(Duration.ofMillis(1_100)).until(() -> true);
        group.sendAgain("two", client);
        awaitCounted(client, 8);
        assertThat(isListed(client, "two")).isFalse();
        group.sendAgain("one", client);
        awaitListed(client, "one", "two", "careful");
        awaitSameEntry(client, "one", "two", "careful");
    }

    @Test
    void delistedSender_andALateTraitOfItsSession_isListedNowhere() throws IOException {
        String client = newClient();
        group.sendAgain("one", client);
        try (SmtpClient session = ProxiedClient.connect(group.decoy("two").smtpPort(), client)) {
            session.readReply();
            session.sendCommand("EHLO client.example.net");
            session.sendCommand("MAIL FROM:<a@example.net>");
            session.sendCommand("RCPT TO:<" + DecoyWithLedger.RECIPIENT + ">");
            assertThat(session.sendCommand("DATA")).startsWith("451 ");
            awaitListed(client, "one", "two");
            delist("one", client);
        }
        await("the late trait")
                .atMost(LIMIT)
                .until(() -> group.decoy("one").get("/senders/" + client).body().contains("NO_QUIT"));
        awaitNotListed(client, "one", "two", "careful");
        awaitSameEntry(client, "one", "two", "careful");
    }

    @Test
    void retryThatOnePrimaryShows_clearsAtAllNodes() throws IOException {
        String client = newClient();
        sendOwnEnvelope("one", client);
        sendOwnEnvelope("one", client);
        awaitListed(client, "one", "two");
        await("the retry").atMost(LIMIT).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
            askPolicyService("two", client);
            assertThat(isListed(client, "two")).isFalse();
        });
        awaitNotListed(client, "one", "two", "careful");
        assertThat(group.decoy("one").get("/senders/" + client).body()).contains("\"tier\":\"cleared\"");
        sendOwnEnvelope("one", client);
        awaitCounted(client, 3);
        assertThat(isListed(client, "one")).isFalse();
        assertThat(isListed(client, "two")).isFalse();
    }

    /** A node that pushes no states tells the others what it was asked, and they record it. */
    @Test
    void retryThatANodeWithoutStatesIsAskedAbout_clearsAtAllNodes() throws IOException {
        String client = newClient();
        sendOwnEnvelope("one", client);
        sendOwnEnvelope("one", client);
        awaitListed(client, "one", "two");
        await("the retry").atMost(LIMIT).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
            askPolicyService("careful", client);
            assertThat(isListed(client, "one")).isFalse();
        });
        awaitNotListed(client, "one", "two", "careful");
        assertThat(group.decoy("one").get("/senders/" + client).body()).contains("\"tier\":\"cleared\"");
    }

    /** The primary asks one decoy, and puts the sender off; the sender tries another decoy next. */
    @Test
    void deliveryThatAPrimaryHasPutOff_isExcusedAtAllNodes() throws IOException {
        String client = newClient();
        double before = group.decoy("one").metricValue("decoy_witnesses_recorded_total");
        askPolicyService("two", client);
        await("the visit at one")
                .atMost(LIMIT)
                .until(() -> group.decoy("one").metricValue("decoy_witnesses_recorded_total") > before);
        sendOwnEnvelope("one", client);
        sendOwnEnvelope("one", client);
        awaitCounted(client, 2);
        assertThat(isListed(client, "one")).isFalse();
        assertThat(group.decoy("one").get("/senders/" + client).body()).contains("\"listed\":false");
    }

    /** No real MX is known, so one may report to another node only: then nobody is confirmed before that is heard. */
    @Test
    void reports_count_onceTheOtherNodesAreHeard() throws IOException {
        askPolicyService("one", newClient());
        await("the others").atMost(LIMIT).untilAsserted(() -> assertThat(group.health("one", "domains protected"))
                .contains("no real MX is known")
                .doesNotContain("reported")
                .doesNotContain("may report to other decoys"));
    }

    /** Each node has its own versions: with that of another one, a reader needs the whole list. */
    @Test
    void versionOfAnotherNode_isAnsweredWithTheWholeList() throws IOException {
        String first = version("one");
        assertThat(first).matches("[0-9]+-[0-9a-f]{6}");
        assertThat(group.decoy("one").get("/feeds/changes?since=" + first).statusCode())
                .isEqualTo(200);
        assertThat(group.decoy("two").get("/feeds/changes?since=" + first).statusCode())
                .isEqualTo(410);
        String numberOnly = first.substring(0, first.indexOf('-'));
        assertThat(group.decoy("one").get("/feeds/changes?since=" + numberOnly).statusCode())
                .isEqualTo(410);
        try (EventSource events = new EventSource(group.decoy("two").url("/feeds/stream?since=" + first), "")) {
            events.readEvent();
            assertThat(events.readEvent()).contains("event: reset", "id: " + version("two"));
        }
    }

    private static String version(String node) {
        String list = group.decoy(node).get("/feeds/plain?tier=confirmed").body();
        return list.replaceFirst("(?s).*?# version ([^,]*),.*", "$1");
    }

    /** Of a client that a primary asks about: else the question would excuse catches of other clients, too. */
    private static String ownRecipient(String client) {
        return "user-" + client + "@example.org";
    }

    private static void sendOwnEnvelope(String node, String client) throws IOException {
        assertThat(ProxiedClient.mail(group.decoy(node).smtpPort(), client, ownRecipient(client)))
                .startsWith("451 ");
    }

    /** Asks what Postfix at a primary MX asks about the envelope of {@link #sendOwnEnvelope}. */
    private static void askPolicyService(String node, String client) throws IOException {
        group.askPolicyService(node, client, ownRecipient(client));
    }

    @Test
    void exemption_isSharedWithAllNodes() {
        String client = newClient();
        group.sendAgain("one", client);
        group.sendAgain("two", client);
        awaitListed(client, "one", "two", "careful");
        ExemptionCalls.assertResponse(
                ExemptionCalls.curl(group.decoy("one"), "PUT", "/exemptions/" + client, "-d", "a partner"), 201);
        awaitNotListed(client, "one", "two", "careful");
        ExemptionCalls.assertResponse(ExemptionCalls.curl(group.decoy("two"), "DELETE", "/exemptions/" + client), 204);
        awaitListed(client, "one", "two", "careful");
        awaitSameEntry(client, "one", "two", "careful");
    }
}
