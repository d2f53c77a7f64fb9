package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.decoymx.bench.ProcessUsage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Many who hold connections to the ports where others ask: the decoy stays as large as it was, and up for others. */
class ConnectionFloodIT {
    private static final String ZONE = "bl.decoy.test";
    private static final byte[] QUESTION = DnsMessages.question(7, "2.0.0.127." + ZONE, DnsMessages.TXT);
    private static final String REQUEST = "request=smtpd_access_policy\nclient_address=192.0.2.1\n\n";

    /** Of one address; the DNS port takes 50. */
    private static final int PER_CLIENT = 30;

    private static final int SILENT = 10_000;
    private static final int SILENT_POSTFIX = 3_000;
    private static final int TAKEN = 1_000;
    private static final int CALM = 800;
    private static final int PIPELINED = 100_000;

    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** What a request has on each port, and silence on that of DNS, and some. */
    private static final Duration PATIENCE = Duration.ofSeconds(10 + 5);

    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    /** MiB that the decoy may be larger afterwards: most of it is code that only then was compiled. */
    private static final double GROWTH = 60;

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

    private static void comesToBeOpen(List<SlowClient> silent, int atMost) {
        Stopwatch.start()
                .within(AT_ONCE, () -> assertThat(SlowClient.countOpen(silent)).isLessThanOrEqualTo(atMost));
    }

    private static long openFiles() {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + decoy.pid() + "/fd"))) {
            return files.count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** UDP is answered, SMTP greets, and nothing is logged. */
    private static void othersAreServed() throws IOException {
        try (RawDnsClient talk = new RawDnsClient(decoy.dnsPort(), ZONE);
                SmtpClient smtp = new SmtpClient(decoy.smtpPort(), "127.0.0.9")) {
            assertThat(talk.queryUdp(QUESTION)).isNotEmpty();
            assertThat(smtp.readReply()).startsWith("220 ");
        }
        quiet.assertUnchanged();
    }

    private static void isAnsweredOverTcp() throws IOException {
        try (RawDnsClient talk = new RawDnsClient(decoy.dnsPort(), ZONE)) {
            assertThat(DnsMessages.answerCount(talk.queryTcp(QUESTION))).isOne();
        }
        assertThat(said(decoy.policyPort(), REQUEST)).isEqualTo("action=DUNNO\n\n");
        assertThat(said(decoy.socketmapPort(), "15:decoy 192.0.2.1,")).isEqualTo("9:NOTFOUND ,");
    }

    private static String said(int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            Stopwatch waiting = Stopwatch.start();
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            waiting.assertWithin(AT_ONCE);
            return answer;
        }
    }

    private static byte[] times(byte[] octets) {
        byte[] many = new byte[octets.length * PIPELINED];
        for (int i = 0; i < PIPELINED; i++) {
            System.arraycopy(octets, 0, many, i * octets.length, octets.length);
        }
        return many;
    }

    /** They ask on and on and read no answers, or send an octet a second, or part of a request. */
    private static List<SlowClient> askers() throws IOException {
        byte[] questions = times(RawDnsClient.withLengthPrefix(QUESTION));
        byte[] requests = times(REQUEST.getBytes(StandardCharsets.ISO_8859_1));
        List<SlowClient> askers = new ArrayList<>();
        for (int i = 0; i < PER_CLIENT; i++) {
            askers.add(SlowClient.flooding(decoy.dnsPort(), questions));
            askers.add(SlowClient.flooding(decoy.policyPort(), requests));
        }
        askers.add(SlowClient.dripping(decoy.dnsPort(), questions));
        askers.add(SlowClient.dripping(decoy.policyPort(), requests));
        askers.add(SlowClient.dripping(
                decoy.socketmapPort(), "1000:decoy ".repeat(9).getBytes(StandardCharsets.US_ASCII)));
        return askers;
    }

    /** Of CRLF there is no empty line, so that its request does not end. */
    private static List<SlowClient> halves() throws IOException {
        return List.of(
                SlowClient.sending(decoy.policyPort(), REQUEST.replace("\n", "\r\n")),
                SlowClient.sending(decoy.policyPort(), "request=smtpd_acc"),
                SlowClient.sending(decoy.socketmapPort(), "16:decoy 127.0."),
                SlowClient.sending(decoy.dnsPort(), "\u0000 \u0012"));
    }

    /** When the port is crowded nobody may wait for long. */
    @Test
    void silentMany_takeAFewFiles_andKeepTheOthersOutForSecondsOnly() throws IOException {
        othersAreServed();
        isAnsweredOverTcp();
        double before = ProcessUsage.residentMebibytes(decoy.pid());
        long files = openFiles();
        for (int port : new int[] {decoy.dnsPort(), decoy.policyPort(), decoy.socketmapPort()}) {
            List<SlowClient> silent =
                    SlowClient.silent(port, port == decoy.dnsPort() ? SILENT : SILENT_POSTFIX, PER_CLIENT);
            try {
                comesToBeOpen(silent, TAKEN);
                assertThat(openFiles()).isLessThan(files + TAKEN + 100);
                othersAreServed();
                comesToBeOpen(silent, CALM);
                isAnsweredOverTcp();
            } finally {
                SlowClient.close(silent);
            }
        }
        Stopwatch.start().within(AT_ONCE, () -> assertThat(openFiles()).isLessThanOrEqualTo(files + 2));
        assertThat(ProcessUsage.residentMebibytes(decoy.pid())).isLessThan(before + GROWTH);
    }

    /** Ten seconds are for a whole request, not for each octet of it. */
    @Test
    void whoHoldsAConnection_isClosedInTime_andHindersNobody() throws IOException {
        isAnsweredOverTcp();
        double before = ProcessUsage.residentMebibytes(decoy.pid());
        List<SlowClient> askers = new ArrayList<>(askers());
        List<SlowClient> silent = new ArrayList<>(halves());
        try {
            silent.addAll(SlowClient.silent(decoy.dnsPort(), PER_CLIENT, PER_CLIENT));
            isAnsweredOverTcp();
            othersAreServed();
            Stopwatch silence = Stopwatch.start();
            await("silence to be closed")
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> {
                        askers.forEach(SlowClient::sendOctet);
                        return SlowClient.countOpen(silent) == 0;
                    });
            silence.assertWithin(PATIENCE);
            Stopwatch.start().within(AT_ONCE, () -> assertThat(askers).noneMatch(SlowClient::sendOctet));
            isAnsweredOverTcp();
        } finally {
            SlowClient.close(askers);
            SlowClient.close(silent);
        }
        assertThat(ProcessUsage.residentMebibytes(decoy.pid())).isLessThan(before + GROWTH);
    }
}
