package org.decoymx.postfix;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.parsetools.RecordParser;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.Blocklists;
import org.decoymx.blocklist.RejectMessage;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.net.RequestHandler;
import org.decoymx.policy.DeliveryAttempts;
import org.decoymx.policy.HourCounts.Counted;
import org.decoymx.policy.HourCounts.HourEntry;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.PrimaryAttempt;
import org.decoymx.policy.PrimaryReport;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TrustIndex;
import org.decoymx.policy.TrustState;
import org.decoymx.policy.TrustVisit;
import org.decoymx.policy.VisitResult;
import org.decoymx.primary.OpenProbes;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.EnvelopeHasher;

/** Requests of Postfix, in pieces of any size, and their responses. */
class PostfixProtocolsTest {
    private static final Blocklist BLOCKLIST =
            Blocklists.of(PolicyMode.ENFORCE, "192.0.2.1", "198.51.100.0/24", "2001:db8:1:2::/64", "2001:db8:1:2::9");
    private static final String MESSAGE = "192.0.2.1 was caught by a decoy MX. It came to the decoy MX and completed a"
            + " conversation for a protected recipient, once. See https://decoy.example.org/senders/192.0.2.1";

    private static final EnvelopeHasher HASHER = new EnvelopeHasher("example.org");
    private static final IpPrefix MX = IpText.parseAddress("10.0.0.1").orElseThrow();
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    private final TrustIndex trust = PolicyFixtures.trustIndex();
    private final DeliveryAttempts attempts = new DeliveryAttempts(0);
    private final OpenProbes openProbes = new OpenProbes();
    private final List<String> visitors = new ArrayList<>();

    private PostfixLookup lookup(PostfixAction action) {
        return new PostfixLookup(
                action,
                new RejectMessage("https://decoy.example.org"),
                trust.events().hours(),
                CLOCK);
    }

    private RequestHandler policy(PostfixAction action) {
        return new PolicyRequestHandler(
                lookup(action),
                () -> BLOCKLIST,
                new ClientTrust(trust, attempts, HASHER, openProbes, CLOCK),
                MX,
                (origin, mx) -> visitors.add(origin.toString()));
    }

    private RequestHandler socketmap() {
        return new SocketmapRequestHandler(lookup(PostfixAction.REJECT), () -> BLOCKLIST);
    }

    /** The responses on a connection; an exclamation mark stands for its close. */
    static String exchange(RequestHandler handler, String requests, int piece) {
        StringBuilder responses = new StringBuilder();
        RecordParser parser = RecordParser.newFixed(1);
        handler.initialize(parser);
        boolean[] closed = {false};
        parser.handler(record -> {
            try {
                if (!closed[0]) {
                    handler.handleRecord(record, parser).ifPresent(responses::append);
                }
            } catch (RequestHandler.MalformedRequestException e) {
                closed[0] = true;
                responses.append(e.getMessage()).append('!');
            }
        });
        for (int i = 0; i < requests.length(); i += piece) {
            parser.handle(Buffer.buffer(requests.substring(i, Math.min(requests.length(), i + piece)), "ISO-8859-1"));
        }
        return responses.toString();
    }

    private static String exchange(RequestHandler handler, String requests) {
        return exchange(handler, requests, requests.length());
    }

    private static String request(String client, String instance) {
        return "request=smtpd_access_policy\nprotocol_state=RCPT\nhelo_name=client_address=192.0.2.1\nclient_address="
                + client + "\nclient_name=unknown\ninstance=" + instance + "\nsender=a=b@example.org\n\n";
    }

    @Example
    void policy_ofAListedClient_isTheAction() {
        String requests = request("192.0.2.1", "1") + request("192.0.2.2", "2");
        for (int piece : new int[] {1, 2, 7, requests.length()}) {
            assertThat(exchange(policy(PostfixAction.REJECT), requests, piece))
                    .isEqualTo("action=REJECT 5.7.1 " + MESSAGE + "\n\naction=DUNNO\n\n");
        }
        assertThat(exchange(policy(PostfixAction.DEFER_IF_PERMIT), request("192.0.2.1", "1")))
                .isEqualTo("action=DEFER_IF_PERMIT 4.7.1 " + MESSAGE + "\n\n");
        assertThat(exchange(policy(PostfixAction.DUNNO), request("192.0.2.1", "1")))
                .isEqualTo("action=DUNNO\n\n");
        assertThat(exchange(policy(PostfixAction.REJECT), request("198.51.100.77", "1")))
                .startsWith("action=REJECT 5.7.1 198.51.100.77 is in 198.51.100.0/24, ");
        assertThat(exchange(policy(PostfixAction.REJECT), request("2001:db8:1:2:0::9", "1")))
                .startsWith("action=REJECT 5.7.1 2001:db8:1:2::9 was caught ");
        assertThat(exchange(policy(PostfixAction.REJECT), request("2001:db8:1:2::8", "1")))
                .startsWith("action=REJECT 5.7.1 2001:db8:1:2::8 is in 2001:db8:1:2::/64, ");
        assertThat(exchange(policy(PostfixAction.REJECT), request("::ffff:192.0.2.1", "1")))
                .isEqualTo("action=REJECT 5.7.1 " + MESSAGE + "\n\n");
    }

    @Example
    void actions_forListedClients_areCounted() {
        PostfixLookup lookup = lookup(PostfixAction.REJECT);
        exchange(new SocketmapRequestHandler(lookup, () -> BLOCKLIST), "15:decoy 192.0.2.1,15:decoy 192.0.2.2,");
        assertThat(lookup.counted("DEFER 4.7.1 a")).isEqualTo("DEFER 4.7.1 a");
        assertThat(PostfixLookup.ACTIONS.stream().map(lookup::actionCount)).containsExactly(1L, 1L, 0L, 0L, 0L);
    }

    private static String rcpt(String client, String sender, String recipient, String more) {
        return "request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=" + client + "\nsender=" + sender
                + "\nrecipient=" + recipient + "\n" + more + "\n";
    }

    private void catchAt(Instant at, String client, String sender, String recipient) {
        trust.recordCatch(
                IpText.parseHostNetwork(client).orElseThrow(),
                HASHER.hashAll(sender, List.of(recipient), at.getEpochSecond()),
                true,
                false);
    }

    private Tier tier(String client) {
        return trust.find(IpText.parseHostNetwork(client).orElseThrow()).tierAt(NOW.getEpochSecond());
    }

    @Example
    void graduated_defersSuspects_andLetsTheProvingRetryIn() {
        catchAt(NOW.minusSeconds(600), "192.0.2.1", "a@example.net", "b@example.org");
        RequestHandler handler = policy(PostfixAction.GRADUATED);
        assertThat(exchange(handler, rcpt("192.0.2.1", "other@example.net", "b@example.org", "")))
                .isEqualTo("action=DEFER_IF_PERMIT 4.7.1 192.0.2.1 was caught by a decoy MX. Mail is deferred, not"
                        + " rejected. It is accepted when your mail server tries again later. See"
                        + " https://decoy.example.org/senders/192.0.2.1\n\n");
        assertThat(tier("192.0.2.1")).isEqualTo(Tier.SUSPECT);
        assertThat(exchange(handler, rcpt("192.0.2.1", "A@example.net", "b@EXAMPLE.org", "")))
                .isEqualTo("action=DUNNO\n\n");
        assertThat(tier("192.0.2.1")).isEqualTo(Tier.CLEARED);
        assertThat(exchange(handler, rcpt("192.0.2.1", "other@example.net", "b@example.org", "")))
                .isEqualTo("action=DUNNO\n\n");
    }

    /** So that other nodes learn of the visit, also of one whose sender nobody knows here. */
    @Example
    void questions_arePassedOn() {
        List<PrimaryReport> passed = new ArrayList<>();
        trust.reports().passTo(passed::add);
        RequestHandler handler = policy(PostfixAction.GRADUATED);
        exchange(handler, rcpt("192.0.2.7", "a@example.net", "b@example.org", ""));
        exchange(handler, "request=smtpd_access_policy\nprotocol_state=CONNECT\nclient_address=192.0.2.8\n\n");
        exchange(handler, rcpt("192.0.2.9", "a@example.net", "b@example.org", "sasl_username=a\n"));

        long envelope = HASHER.hash("a@example.net", "b@example.org");
        IpPrefix client = IpText.parseHostNetwork("192.0.2.7").orElseThrow();
        long now = NOW.getEpochSecond();
        assertThat(passed)
                .containsExactly(
                        new TrustVisit(client, now, envelope, false, VisitResult.ASKED, false),
                        new PrimaryAttempt(
                                client, now, HASHER.hashRecipient("b@example.org"), envelope, VisitResult.ASKED),
                        PrimaryAttempt.ofClient(
                                IpText.parseHostNetwork("192.0.2.8").orElseThrow(), now));
    }

    @Example
    void graduated_rejectsConfirmed_onlyAfterAnAbandonedDeferral() {
        Instant caught = NOW.minus(Duration.ofHours(30));
        for (long second = caught.getEpochSecond(); second <= NOW.getEpochSecond(); second += 300) {
            trust.reports().recordReport(second, List.of());
        }
        catchAt(caught, "192.0.2.1", "a@example.net", "b@example.org");
        catchAt(NOW.minus(Duration.ofHours(14)), "192.0.2.1", "c@example.net", "b@example.org");
        assertThat(tier("192.0.2.1")).isEqualTo(Tier.CONFIRMED);
        RequestHandler handler = policy(PostfixAction.GRADUATED);
        assertThat(exchange(handler, rcpt("192.0.2.1", "d@example.net", "b@example.org", "")))
                .as("no later restriction may give a 550 in place of this")
                .startsWith("action=DEFER 4.7.1 192.0.2.1 was caught by a decoy MX. Mail is deferred, not rejected.");
        assertThat(exchange(
                        policy(PostfixAction.DEFER_IF_PERMIT), rcpt("192.0.2.1", "d@example.net", "b@example.org", "")))
                .startsWith("action=DEFER_IF_PERMIT 4.7.1 ");
        trust.recordVisit(
                new TrustVisit(
                        IpText.parseHostNetwork("192.0.2.1").orElseThrow(),
                        NOW.minus(Duration.ofHours(13)).getEpochSecond(),
                        HASHER.hash("e@example.net", "b@example.org"),
                        false,
                        VisitResult.ASKED,
                        true),
                null);
        assertThat(exchange(handler, rcpt("192.0.2.1", "f@example.net", "b@example.org", "")))
                .isEqualTo("action=REJECT 5.7.1 " + MESSAGE + "\n\n");
        HourEntry hour = trust.events()
                .hours()
                .between(NOW.getEpochSecond(), NOW.getEpochSecond())
                .get(0);
        assertThat(hour.count(Counted.DEFERRED)).isEqualTo(2);
        assertThat(hour.count(Counted.REFUSED)).isEqualTo(1);
    }

    @Example
    void graduated_networkListedByHand_isDeferredAlthoughItRetries() {
        IpPrefix client = IpText.parseHostNetwork("2001:db8:1:2::8").orElseThrow();
        IpPrefix other = IpText.parseHostNetwork("2001:db8:1:2::7").orElseThrow();
        long now = NOW.getEpochSecond();
        trust.decide(client.neighborhood(), new ManualDecision(Tier.SUSPECT, now - 900, now + 900, ""));
        catchAt(NOW.minusSeconds(600), "2001:db8:1:2::8", "a@example.net", "b@example.org");
        RequestHandler handler = policy(PostfixAction.GRADUATED);
        assertThat(exchange(handler, rcpt("2001:db8:1:2::8", "a@example.net", "b@example.org", "")))
                .startsWith("action=DEFER_IF_PERMIT ");
        assertThat(exchange(handler, rcpt("2001:db8:1:2::7", "a@example.net", "c@example.org", "")))
                .startsWith("action=DEFER_IF_PERMIT ");
        assertThat(trust.find(other)).isEqualTo(TrustState.UNKNOWN);
        trust.decide(client, new ManualDecision(Tier.CLEARED, now - 60, now + 900, ""));
        assertThat(exchange(handler, rcpt("2001:db8:1:2::8", "c@example.net", "b@example.org", "")))
                .isEqualTo("action=DUNNO\n\n");
    }

    @Example
    void graduated_networkThatWasListedByHandBefore_letsTheProvingRetryIn() {
        long now = NOW.getEpochSecond();
        IpPrefix client = IpText.parseHostNetwork("2001:db8:1:2::8").orElseThrow();
        trust.decide(client.neighborhood(), new ManualDecision(Tier.SUSPECT, now - 900, now, ""));
        catchAt(NOW.minusSeconds(600), "2001:db8:1:2::8", "a@example.net", "b@example.org");
        String retry = rcpt("2001:db8:1:2::8", "a@example.net", "b@example.org", "");
        assertThat(exchange(policy(PostfixAction.GRADUATED), retry)).isEqualTo("action=DUNNO\n\n");
    }

    /** Postfix lets a message in if the answer comes too late. */
    @Example
    void graduated_deferralThatWasNotGiven_isNotAbandoned() {
        Instant caught = NOW.minus(Duration.ofHours(30));
        for (long second = caught.getEpochSecond(); second <= NOW.getEpochSecond(); second += 300) {
            trust.reports().recordReport(second, List.of());
        }
        catchAt(caught, "192.0.2.1", "a@example.net", "b@example.org");
        catchAt(NOW.minus(Duration.ofHours(14)), "192.0.2.1", "c@example.net", "b@example.org");
        IpPrefix client = IpText.parseHostNetwork("192.0.2.1").orElseThrow();
        long asked = NOW.minus(Duration.ofHours(13)).getEpochSecond();
        long envelope = HASHER.hash("e@example.net", "b@example.org");
        trust.recordVisit(new TrustVisit(client, asked, envelope, false, VisitResult.ASKED, true), null);
        trust.recordEndOfMessage(client, asked + 5);
        trust.recordEndOfMessage(client, NOW.getEpochSecond());
        assertThat(exchange(policy(PostfixAction.GRADUATED), rcpt("192.0.2.1", "f@example.net", "b@example.org", "")))
                .startsWith("action=DEFER 4.7.1 ");
        String end = rcpt("192.0.2.1", "f@example.net", "b@example.org", "").replace("RCPT", "END-OF-MESSAGE");
        assertThat(exchange(policy(PostfixAction.GRADUATED), end)).isEqualTo("action=DUNNO\n\n");
        assertThat(trust.find(client).deferred().entries())
                .hasSize(2)
                .as("perhaps refused")
                .allMatch(deferred -> (deferred.flags() & 32) != 0);
    }

    @Example
    void endOfMessage_isAlwaysDunno() {
        assertThat(exchange(
                        policy(PostfixAction.GRADUATED),
                        rcpt("192.0.2.1", "a@example.net", "", "").replace("RCPT", "END-OF-MESSAGE")))
                .isEqualTo("action=DUNNO\n\n");
    }

    @Example
    void submission_isNoVisit_andProvesNothing() {
        catchAt(NOW.minusSeconds(600), "192.0.2.1", "a@example.net", "b@example.org");
        for (String port : new String[] {"server_port=587\n", "server_port=465\n"}) {
            assertThat(exchange(
                            policy(PostfixAction.GRADUATED), rcpt("192.0.2.1", "a@example.net", "b@example.org", port)))
                    .startsWith("action=DEFER_IF_PERMIT ");
        }
        assertThat(exchange(
                        policy(PostfixAction.GRADUATED),
                        rcpt("192.0.2.1", "a@example.net", "b@example.org", "sasl_username=user\n")))
                .isEqualTo("action=DUNNO\n\n");
        assertThat(visitors).isEmpty();
        assertThat(tier("192.0.2.1")).isEqualTo(Tier.SUSPECT);
        assertThat(attempts.size()).isZero();
        assertThat(trust.reports().lastReportAt()).isEqualTo(Long.MIN_VALUE);
    }

    private boolean isCounted(String client, String sender, String recipient) {
        CaughtEnvelopes caught = HASHER.hashAll(sender, List.of(recipient), NOW.getEpochSecond());
        return !attempts.findCounted(IpText.parseHostNetwork(client).orElseThrow(), List.of(caught))
                .isEmpty();
    }

    @Example
    void question_excusesTheSameDelivery_untilItsResultIsKnown() {
        RequestHandler handler = policy(PostfixAction.GRADUATED);
        exchange(handler, rcpt("192.0.2.7", "a@example.net", "b@example.org", ""));
        assertThat(isCounted("192.0.2.7", "x@example.net", "B@example.org")).isFalse();
        assertThat(isCounted("203.0.113.7", "A@example.net", "b@example.org")).isFalse();
        assertThat(isCounted("192.0.2.7", "a@example.net", "c@example.org")).isTrue();
        attempts.recordVisit(
                new PrimaryAttempt(
                        IpText.parseHostNetwork("192.0.2.7").orElseThrow(),
                        NOW.getEpochSecond(),
                        HASHER.hashRecipient("b@example.org"),
                        HASHER.hash("a@example.net", "b@example.org"),
                        VisitResult.ACCEPTED),
                NOW.getEpochSecond());
        assertThat(isCounted("192.0.2.7", "x@example.net", "b@example.org")).isTrue();
    }

    @Example
    void rejectedQuestion_excusesNothing() {
        String question = rcpt("192.0.2.1", "a@example.net", "b@example.org", "");
        exchange(policy(PostfixAction.REJECT), question);
        assertThat(isCounted("192.0.2.1", "x@example.net", "b@example.org")).isTrue();
        exchange(policy(PostfixAction.DEFER_IF_PERMIT), question.replace("a@", "c@"));
        assertThat(isCounted("192.0.2.1", "x@example.net", "b@example.org")).isFalse();
    }

    @Example
    void questionWithoutRecipient_excusesItsAddress_butNotAtTheEndOfTheMessage() {
        RequestHandler handler = policy(PostfixAction.GRADUATED);
        exchange(handler, rcpt("192.0.2.7", "", "", "").replace("RCPT", "CONNECT"));
        exchange(handler, rcpt("192.0.2.8", "a@example.net", "", "").replace("RCPT", "END-OF-MESSAGE"));
        assertThat(isCounted("192.0.2.7", "a@example.net", "b@example.org")).isFalse();
        assertThat(isCounted("192.0.2.8", "a@example.net", "b@example.org")).isTrue();
        assertThat(visitors).containsExactly("192.0.2.7");
    }

    @Example
    void probeOfTheDecoy_isAReport_andNoVisit() {
        RequestHandler handler = policy(PostfixAction.GRADUATED);
        exchange(handler, rcpt("127.0.0.1", "", "postmaster@example.org", ""));
        assertThat(visitors).isEmpty();
        assertThat(attempts.size()).isZero();
        assertThat(trust.reports().lastReportAt()).isEqualTo(NOW.getEpochSecond());
    }

    @Example
    void probeBehindNat_isLetIn_evenIfItsAddressIsListed_butNobodyWithoutAnOpenProbe() {
        catchAt(NOW.minusSeconds(600), "192.0.2.1", "", "a@example.org");
        RequestHandler handler = policy(PostfixAction.GRADUATED);
        String question = rcpt("192.0.2.1", "", "postmaster@example.org", "helo_name=mx9.EXAMPLE.org\n");
        openProbes.begin(this, "mx9.example.org", "postmaster@example.org");
        assertThat(exchange(handler, question)).isEqualTo("action=DUNNO\n\n");
        assertThat(visitors).isEmpty();
        assertThat(exchange(handler, question.replace("sender=", "sender=a@example.net")))
                .startsWith("action=DEFER_IF_PERMIT ");
        assertThat(exchange(handler, question.replace("postmaster", "user"))).startsWith("action=DEFER_IF_PERMIT ");
        openProbes.end(this);
        assertThat(exchange(handler, question)).startsWith("action=DEFER_IF_PERMIT ");
        assertThat(visitors).hasSize(3);
        assertThat(trust.reports().lastReportAt()).isEqualTo(NOW.getEpochSecond());
    }

    @Example
    void report_comesFromTheConnection_orFromTheServerInTheRequest() {
        trust.reports()
                .setPrimaries(Map.of(
                        "mx1",
                        List.of(MX),
                        "mx2",
                        List.of(IpText.parseAddress("2001:db8::2").orElseThrow())));
        RequestHandler handler = policy(PostfixAction.GRADUATED);
        exchange(handler, rcpt("192.0.2.7", "a@example.net", "b@example.org", ""));
        assertThat(isCovered()).isFalse();
        exchange(handler, rcpt("192.0.2.7", "a@example.net", "b@example.org", "server_address=2001:db8::2\n"));
        assertThat(isCovered()).isTrue();
    }

    private boolean isCovered() {
        return trust.reports().coverage().isComplete(NOW.getEpochSecond(), NOW.getEpochSecond());
    }

    @Example
    void graduated_ofAnEntryWithoutState_defers() {
        RequestHandler handler = policy(PostfixAction.GRADUATED);
        assertThat(exchange(handler, rcpt("198.51.100.77", "a@example.net", "b@example.org", "")))
                .startsWith(
                        "action=DEFER_IF_PERMIT 4.7.1 198.51.100.77 is in 198.51.100.0/24, many addresses of which");
        assertThat(exchange(handler, rcpt("192.0.2.2", "a@example.net", "b@example.org", "")))
                .isEqualTo("action=DUNNO\n\n");
    }

    @Example
    void policy_withPrepend_isSentOncePerMessage() {
        String header = "action=PREPEND X-Decoy: " + MESSAGE + "\n\n";
        String none = "action=DUNNO\n\n";
        assertThat(exchange(
                        policy(PostfixAction.PREPEND),
                        request("192.0.2.1", "1.a")
                                + request("192.0.2.1", "1.a")
                                + request("192.0.2.1", "1.b")
                                + request("192.0.2.1", "")
                                + request("192.0.2.1", "")))
                .isEqualTo(header + none + header + header + header);
    }

    @Example
    void policy_reportsAVisitOfEachClient() {
        exchange(
                policy(PostfixAction.REJECT),
                request("192.0.2.1", "1") + request("192.0.2.2", "1") + request("2001:db8::1", "1"));
        assertThat(visitors).containsExactly("192.0.2.1", "192.0.2.2", "2001:db8::1");
    }

    private static String request(String client, String port, String user) {
        return "request=smtpd_access_policy\nclient_address=" + client + "\nhelo_name=server_port=25\nserver_port="
                + port + "\nsasl_username=" + user + "\n\n";
    }

    @Example
    void policy_ofSubmission_reportsNoVisit_andHasTheSameAction() {
        String requests = request("192.0.2.2", "587", "")
                + request("192.0.2.3", "465", "user")
                + request("192.0.2.4", "25", "user")
                + request("192.0.2.1", "587", "")
                + request("192.0.2.5", "2525", "")
                + request("192.0.2.6", "25", "")
                + request("192.0.2.7", "", "");
        assertThat(exchange(policy(PostfixAction.REJECT), requests)).containsOnlyOnce("action=REJECT 5.7.1 192.0.2.1 ");
        assertThat(visitors).containsExactly("192.0.2.5", "192.0.2.6", "192.0.2.7");
    }

    @Example
    void policy_ofAnInvalidRequest_isDunno_andReportsNoVisit() {
        for (String requests : new String[] {
            "\n\n",
            "x\n\n",
            "client_address=\n\n",
            "client_address=unknown\n\n",
            "client_address=192.0.2.01\n\n",
            "client_address=192.0.2.1 \n\n",
            "client_address=mx.example.org\n\n",
            "CLIENT_ADDRESS=192.0.2.1\n\n",
            "\0\u00ff=\n\n"
        }) {
            assertThat(exchange(policy(PostfixAction.REJECT), requests))
                    .as(requests)
                    .isEqualTo("action=DUNNO\n\n");
        }
        assertThat(visitors).isEmpty();
    }

    @Example
    void socketmap_findsOnlyAddresses() {
        String found = "OK REJECT 5.7.1 " + MESSAGE;
        String requests =
                "15:decoy 192.0.2.1,15:decoy 192.0.2.2,20:decoy mx.example.org,6:decoy ,18:decoy 1.2.3.4 5.6.,"
                        + "19:decoy 192.0.2.1/32 ,5:decoy,0:,11:other 1.2.3,";
        String none = "9:NOTFOUND ,";
        String unknownMap = "39:PERM no such map; the only map is decoy,";
        for (int piece : new int[] {1, 3, requests.length()}) {
            assertThat(exchange(socketmap(), requests, piece))
                    .isEqualTo(found.length() + ":" + found + "," + none.repeat(5) + unknownMap.repeat(3));
        }
        assertThat(exchange(socketmap(), "19:decoy 198.51.100.77,")).contains("REJECT 5.7.1 198.51.100.77 is in");
    }

    @Example
    void socketmap_withoutANetstring_sendsPerm_andCloses() {
        for (String requests : new String[] {
            ":",
            "-1:",
            "01:x,",
            "2049:",
            "99999:",
            "999999999999:",
            "x:decoy 1,",
            " 5:decoy,",
            "5:decoyX5:decoy,",
            "1\n:x,"
        }) {
            assertThat(exchange(socketmap(), requests))
                    .as(requests)
                    .isEqualTo("57:PERM a request must be a netstring of at most 2048 octets,!");
        }
    }

    @Property(tries = 2_000)
    void anyOctets_getAResponse_orClose(@ForAll @Size(max = 200) byte[] octets, @ForAll long seed) {
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        int piece = 1 + new Random(seed).nextInt(50);
        assertThat(exchange(policy(PostfixAction.REJECT), text, piece)).matches("(action=DUNNO\n\n)*");
        assertThat(exchange(socketmap(), text, piece)).matches("((9|39):[ -~]*,)*(57:[ -~]*,!)?");
    }
}
