package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.decoymx.ledger.LargeLedgers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many clients request a large feed and do not read it: they share one body, as copies would not fit in memory. */
class FeedSlowReaderIT {
    private static final int SENDERS = 200_000;
    private static final int READERS = 200;
    private static final int WINDOW = 4_096;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    private Path dir;

    private static Socket connectReader(String url) throws IOException {
        URI uri = URI.create(url);
        Socket socket = new Socket();
        socket.setReceiveBufferSize(WINDOW);
        socket.setSoTimeout((int) LIMIT.toMillis());
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), uri.getPort()));
        String request = "GET " + uri.getPath() + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    void slowReaders_shareOneBody_andBlockNobody() throws IOException {
        LargeLedgers.writeDecoyLedger(dir, SENDERS, 1);
        List<Socket> readers = new ArrayList<>();
        try (DecoyProcess decoy = DecoyProcess.start(
                "-Xmx96m",
                "-XX:MaxDirectMemorySize=48m",
                "decoy.ledger.dir=" + dir,
                "decoy.domains=example.org",
                "decoy.smtp.greeting-delay=0s",
                "decoy.smtp.proxy-protocol.trusted=" + ProxiedClient.PROXY)) {
            int length = decoy.get("/feeds/plain").body().length();
            assertThat((long) length * READERS)
                    .as("total size exceeds the memory")
                    .isGreaterThan(400_000_000L);
            for (int i = 0; i < READERS; i++) {
                Socket reader = connectReader(decoy.url("/feeds/plain"));
                assertThat(reader.getInputStream().read()).isEqualTo('H');
                readers.add(reader);
            }
            ProxiedClient.mail(decoy.smtpPort(), "9.9.9.9", "user@example.org");
            await("the new list, while clients still read the old one")
                    .atMost(LIMIT)
                    .untilAsserted(
                            () -> assertThat(decoy.get("/feeds/plain").body()).contains("\n9.9.9.9\n"));
            String last = new String(readers.get(0).getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(last).contains(", entries ");
        } finally {
            for (Socket reader : readers) {
                reader.close();
            }
        }
    }
}
