package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.decoymx.sighting.Sighting.Outcome;
import org.junit.jupiter.api.Test;

/** STARTTLS before the JVM is ready for a handshake. */
class StartTlsWarmUpTest {
    private final CountDownLatch ready = new CountDownLatch(1);

    private DecoyServer start() {
        return DecoyServer.setup("")
                .withTlsWarmUp(() -> {
                    ready.await();
                    return true;
                })
                .start();
    }

    private static void sendEhlo(SocketPeer client) {
        client.expectReply(220);
        client.send("EHLO client.example.net\r\n");
        client.expectReply(250);
    }

    private static void assertServed(DecoyServer server) throws IOException {
        try (SocketPeer client = server.client("127.0.0.9")) {
            sendEhlo(client);
            client.send("QUIT\r\n");
            client.expectReply(221);
            client.disconnect();
        }
    }

    @Test
    void startTls_waits_othersAreServed_andInjectedCommandsAreDropped() throws IOException {
        try (DecoyServer server = start();
                SocketPeer client = server.client();
                SocketPeer other = server.client("127.0.0.9")) {
            sendEhlo(client);
            client.send("STARTTLS\r\nMAIL FROM:<evil@example.com>\r\n");
            sendEhlo(other);
            ready.countDown();
            client.expectReply(220);
            client.startTls();
            client.send("QUIT\r\n");
            client.expectReply(221);
            assertThat(client.disconnect().sender()).isEmpty();
        }
    }

    @Test
    void client_thatLeavesWhileItWaits_isReported() throws IOException {
        try (DecoyServer server = start();
                SocketPeer client = server.client()) {
            sendEhlo(client);
            client.send("STARTTLS\r\n");
            client.reset();
            assertThat(client.awaitFinalSighting().outcome()).isEqualTo(Outcome.LEFT);
            ready.countDown();
            assertServed(server);
            assertThat(server.openConnections()).isZero();
        }
    }

    @Test
    void handshake_afterAFailedWarmUp_works() throws IOException {
        try (DecoyServer server = DecoyServer.setup("")
                        .withTlsWarmUp(() -> {
                            throw new IOException("no key");
                        })
                        .start();
                SocketPeer client = server.client()) {
            sendEhlo(client);
            client.send("STARTTLS\r\n");
            client.expectReply(220);
            client.startTls();
            client.send("QUIT\r\n");
            client.expectReply(221);
            assertThat(client.disconnect().tls()).isTrue();
        }
    }
}
