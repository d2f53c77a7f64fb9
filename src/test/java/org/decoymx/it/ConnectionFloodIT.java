package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.decoymx.bench.ProcessUsage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Many clients hold connections to the DNS and lookup ports: memory stays bounded, and other clients are served. */
class ConnectionFloodIT {
    private static final String ZONE = "bl.decoy.test";
    private static final byte[] QUESTION = DnsMessages.question(7, "2.0.0.127." + ZONE, DnsMessages.TXT);
    private static final String REQUEST = "request=smtpd_access_policy\nclient_address=192.0.2.1\n\n";

    /** Connections of one address; the DNS port accepts 50. */
    private static final int PER_CLIENT = 30;

    private static final int SILENT_DNS = 10_000;
    private static final int SILENT_POSTFIX = 3_000;
    private static final int CONNECTION_LIMIT = 1_000;
    private static final int NEAR_LIMIT = 800;
    private static final int SMTP_NEAR_LIMIT = 8_000;
    private static final int PIPELINED_REQUESTS = 100_000;

    private static final int FEW_FILES = 400;
    private static final int SPARE_FILES = 30;

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration FLOOD_LIMIT = Duration.ofSeconds(30);

    /** The timeout of a request on each port, and of an idle DNS connection, with a margin. */
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10 + 5);

    private static final Duration PROMPT_LIMIT = Duration.ofSeconds(5);

    /** The allowed memory growth in MiB; most of it is code that the JVM compiles during the test. */
    private static final double MAX_GROWTH_MIB = 60;

    private static DecoyProcess decoy;
    private static QuietLog quiet;

    @BeforeAll
    static void start() {
        decoy = DecoyProcess.start("decoy.smtp.greeting-delay=0s", "-XX:MaxDirectMemorySize=32m");
        quiet = new QuietLog(decoy);
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.close();
        }
    }

    private static void awaitOpenAtMost(List<SlowClient> clients, int max) {
        Stopwatch.start().within(PROMPT_LIMIT, () -> assertThat(SlowClient.countOpen(clients))
                .isLessThanOrEqualTo(max));
    }

    /** Checks that UDP queries are answered, SMTP greets, and nothing is logged. */
    private static void assertOthersServed() throws IOException {
        try (RawDnsClient dns = new RawDnsClient(decoy.dnsPort(), ZONE);
                SmtpClient smtp = new SmtpClient(decoy.smtpPort(), "127.0.0.9")) {
            assertThat(dns.queryUdp(QUESTION)).isNotEmpty();
            assertThat(smtp.readReply()).startsWith("220 ");
        }
        quiet.assertUnchanged();
    }

    private static void assertAnsweredOverTcp() throws IOException {
        try (RawDnsClient dns = new RawDnsClient(decoy.dnsPort(), ZONE)) {
            assertThat(DnsMessages.answerCount(dns.queryTcp(QUESTION))).isOne();
        }
        assertThat(exchange(decoy.policyPort(), REQUEST)).isEqualTo("action=DUNNO\n\n");
        assertThat(exchange(decoy.socketmapPort(), "15:decoy 192.0.2.1,")).isEqualTo("9:NOTFOUND ,");
    }

    private static String exchange(int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            Stopwatch stopwatch = Stopwatch.start();
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            stopwatch.assertWithin(PROMPT_LIMIT);
            return answer;
        }
    }

    private static byte[] repeat(byte[] octets) {
        byte[] repeated = new byte[octets.length * PIPELINED_REQUESTS];
        for (int i = 0; i < PIPELINED_REQUESTS; i++) {
            System.arraycopy(octets, 0, repeated, i * octets.length, octets.length);
        }
        return repeated;
    }

    /** Clients that pipeline requests and read no replies, and clients that send one octet at a time. */
    private static List<SlowClient> connectBusyClients() throws IOException {
        byte[] questions = repeat(RawDnsClient.withLengthPrefix(QUESTION));
        byte[] requests = repeat(REQUEST.getBytes(StandardCharsets.ISO_8859_1));
        List<SlowClient> busy = new ArrayList<>();
        for (int i = 0; i < PER_CLIENT; i++) {
            busy.add(SlowClient.flooding(decoy.dnsPort(), questions));
            busy.add(SlowClient.flooding(decoy.policyPort(), requests));
        }
        busy.add(SlowClient.dripping(decoy.dnsPort(), questions));
        busy.add(SlowClient.dripping(decoy.policyPort(), requests));
        busy.add(SlowClient.dripping(
                decoy.socketmapPort(), "1000:decoy ".repeat(9).getBytes(StandardCharsets.US_ASCII)));
        return busy;
    }

    /** Clients whose request is incomplete: with CRLF line ends it has no empty line, so it does not end. */
    private static List<SlowClient> connectWithPartialRequests() throws IOException {
        return List.of(
                SlowClient.sending(decoy.policyPort(), REQUEST.replace("\n", "\r\n")),
                SlowClient.sending(decoy.policyPort(), "request=smtpd_acc"),
                SlowClient.sending(decoy.socketmapPort(), "16:decoy 127.0."),
                SlowClient.sending(decoy.dnsPort(), "\u0000 \u0012"));
    }

    /** Near the connection limit the timeout of a silent connection is short. */
    @Test
    void silentConnections_areLimited_andBlockOthersOnlyBriefly() throws IOException {
        assertOthersServed();
        assertAnsweredOverTcp();
        double before = ProcessUsage.residentMebibytes(decoy.pid());
        long files = decoy.openFiles();
        for (int port : new int[] {decoy.dnsPort(), decoy.policyPort(), decoy.socketmapPort()}) {
            List<SlowClient> silent =
                    SlowClient.silent(port, port == decoy.dnsPort() ? SILENT_DNS : SILENT_POSTFIX, PER_CLIENT);
            try {
                awaitOpenAtMost(silent, CONNECTION_LIMIT);
                assertThat(decoy.openFiles()).isLessThan(files + CONNECTION_LIMIT + 100);
                assertOthersServed();
                awaitOpenAtMost(silent, NEAR_LIMIT);
                assertAnsweredOverTcp();
            } finally {
                SlowClient.close(silent);
            }
        }
        Stopwatch.start()
                .within(PROMPT_LIMIT, () -> assertThat(decoy.openFiles()).isLessThanOrEqualTo(files + 2));
        assertThat(ProcessUsage.residentMebibytes(decoy.pid())).isLessThan(before + MAX_GROWTH_MIB);
    }

    /** Above four fifths of 10,000 connections, silent ones are closed; those with a recipient stay. */
    @Test
    void sessionsWithRecipient_inACrowd_stay_silentOnesAreClosed() throws IOException {
        String upToRecipient = "EHLO a.example\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\n";
        List<SlowClient> held = SlowClient.sending(decoy.smtpPort(), upToRecipient, SMTP_NEAR_LIMIT + 50, PER_CLIENT);
        List<SlowClient> silent = List.of();
        try {
            silent = SlowClient.silent(decoy.smtpPort(), PER_CLIENT, 1);
            List<SlowClient> newcomers = silent;
            await("the silent sessions to be closed")
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> SlowClient.countOpen(newcomers) == 0);
            assertThat(SlowClient.countOpen(held)).isEqualTo(held.size());
        } finally {
            SlowClient.close(held);
            SlowClient.close(silent);
        }
    }

    /** All ports but SMTP get more connections than they allow, at once, each from another address. */
    @Test
    void descriptors_ofSmtpAndTheFeeds_areReserved() throws IOException {
        List<SlowClient> silent = new ArrayList<>();
        try (DecoyProcess small = DecoyProcess.startAfter("ulimit -n " + FEW_FILES, "decoy.smtp.greeting-delay=0s")) {
            small.signal("STOP"); // the connections wait in the kernel, and are accepted as fast as possible
            try {
                for (int port : List.of(
                        small.managementPort(),
                        small.httpPort(),
                        small.dnsPort(),
                        small.policyPort(),
                        small.socketmapPort())) {
                    silent.addAll(SlowClient.silent(port, FEW_FILES, 1));
                }
            } finally {
                small.signal("CONT");
            }
            await("the connections above the limits to be closed")
                    .atMost(FLOOD_LIMIT)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> {
                        assertThat(small.openFiles()).isLessThan(FEW_FILES - SPARE_FILES);
                        return SlowClient.countOpen(silent) < FEW_FILES / 2;
                    });
            await("SMTP to greet").atMost(FLOOD_LIMIT).untilAsserted(() -> {
                try (SmtpClient smtp = new SmtpClient(small.smtpPort(), "127.0.0.9")) {
                    assertThat(smtp.readReply()).startsWith("220 ");
                }
            });
            assertThat(small.log()).doesNotContain("Too many open files");
            assertThat(small.get("/feeds/plain").statusCode()).isEqualTo(200);
        } finally {
            SlowClient.close(silent);
        }
    }

    /** The timeout of 10 s applies to the whole request, not to each octet. */
    @Test
    void slowClients_areClosedAfterTimeout_andBlockNobody() throws IOException {
        assertAnsweredOverTcp();
        double before = ProcessUsage.residentMebibytes(decoy.pid());
        List<SlowClient> busy = new ArrayList<>(connectBusyClients());
        List<SlowClient> silent = new ArrayList<>(connectWithPartialRequests());
        try {
            silent.addAll(SlowClient.silent(decoy.dnsPort(), PER_CLIENT, PER_CLIENT));
            assertAnsweredOverTcp();
            assertOthersServed();
            Stopwatch stopwatch = Stopwatch.start();
            await("the silent connections to be closed")
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> {
                        busy.forEach(SlowClient::sendOctet);
                        return SlowClient.countOpen(silent) == 0;
                    });
            stopwatch.assertWithin(REQUEST_TIMEOUT);
            Stopwatch.start().within(PROMPT_LIMIT, () -> assertThat(busy).noneMatch(SlowClient::sendOctet));
            assertAnsweredOverTcp();
        } finally {
            SlowClient.close(busy);
            SlowClient.close(silent);
        }
        assertThat(ProcessUsage.residentMebibytes(decoy.pid())).isLessThan(before + MAX_GROWTH_MIB);
    }
}
