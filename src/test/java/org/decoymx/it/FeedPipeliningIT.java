package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.decoymx.bench.ProcessUsage;
import org.decoymx.ledger.LargeLedgers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A connection that pipelines requests without reading the responses is closed, and other clients are served. A few
 * pipelined requests are answered. Each test has its own thread, because a write to such a socket could block forever.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FeedPipeliningIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int MAX_REQUESTS = 200_000;

    @TempDir
    private Path dir;

    private DecoyProcess decoy;

    @BeforeEach
    void start() {
        LargeLedgers.writeDecoyLedger(dir, 100_000, 1);
        decoy = DecoyProcess.start(
                "-XX:MaxDirectMemorySize=24m",
                "decoy.ledger.dir=" + dir,
                "decoy.domains=example.org",
                "decoy.smtp.greeting-delay=0s",
                "decoy.smtp.proxy-protocol.trusted=" + ProxiedClient.PROXY);
    }

    @AfterEach
    void stop() {
        decoy.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.setSoTimeout((int) LIMIT.toMillis());
        socket.connect(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), URI.create(decoy.url("")).getPort()));
        return socket;
    }

    private static byte[] request(String path, String headers) {
        return ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Sends one request, then another repeatedly until the connection is closed; returns the number of the latter. */
    private int flood(Socket socket, byte[] first, byte[] next) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(first);
        int sent = 0;
        try {
            for (; sent < MAX_REQUESTS; sent++) {
                out.write(next);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe|abort).*");
        }
        return sent;
    }

    private void assertClosedAndOthersServed(String first, String next, String headers) throws IOException {
        double before = ProcessUsage.residentMebibytes(decoy.pid());
        try (Socket socket = connect()) {
            assertThat(flood(socket, request(first, ""), request(next, headers)))
                    .isLessThan(MAX_REQUESTS);
        }
        for (int i = 0; i < 20; i++) {
            assertThat(decoy.get("/feeds/plain").statusCode()).isEqualTo(200);
        }
        assertThat(ProcessUsage.residentMebibytes(decoy.pid()) - before)
                .as("memory growth in MiB")
                .isLessThan(100);
        SmtpClient.mail(decoy.smtpPort(), "127.0.0.9", "user@example.org");
    }

    @Test
    void smallResponses_notRead_closeConnection() throws IOException {
        assertClosedAndOthersServed("/feeds", "/feeds", "");
        assertClosedAndOthersServed("/feeds/nix", "/feeds/nix", "Expect: 100-continue\r\n");
    }

    @Test
    void requestsAfterLargeResponse_closeConnection() throws IOException {
        assertClosedAndOthersServed("/feeds/plain", "/feeds/plain", "");
    }

    @Test
    void requestsAfterEventStream_closeConnection() throws IOException {
        assertClosedAndOthersServed("/feeds/stream", "/feeds/nix", "");
    }

    @Test
    void fewPipelinedRequests_areAnsweredInOrder() throws IOException {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            for (int i = 0; i < 10; i++) {
                out.write(request("/feeds/nix", ""));
            }
            out.write(request("/feeds/stream", "Connection: close\r\n"));
            StringBuilder read = new StringBuilder();
            byte[] buffer = new byte[4_096];
            while (!read.toString().contains("event: version")) {
                int count = socket.getInputStream().read(buffer);
                assertThat(count).as(read.toString()).isPositive();
                read.append(new String(buffer, 0, count, StandardCharsets.US_ASCII));
            }
            assertThat(read.toString().split("HTTP/1.1 404", -1)).hasSize(11);
        }
    }

    /** A body of an old version that a client has not read completely is dropped when its memory is needed. */
    @Test
    void readersOfOldBodies_areDisconnected_andOthersServed() throws IOException {
        Socket[] readers = new Socket[8];
        try {
            for (int i = 0; i < readers.length; i++) {
                readers[i] = connect();
                readers[i].getOutputStream().write(request("/feeds/plain", ""));
                assertThat(readers[i].getInputStream().read()).isEqualTo('H');
                ProxiedClient.mail(decoy.smtpPort(), "9.9.9." + i, "user@example.org");
                String listed = "\n9.9.9." + i + "\n";
                await("the next version").atMost(LIMIT).untilAsserted(() -> assertThat(
                                decoy.get("/feeds/plain").body())
                        .contains(listed));
                assertThat(decoy.get("/feeds/postfix-cidr").statusCode()).isEqualTo(200);
            }
        } finally {
            for (Socket reader : readers) {
                if (reader != null) {
                    reader.close();
                }
            }
        }
    }
}
