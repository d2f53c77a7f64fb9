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

    private static void assertServed(DecoyServer server) throws IOException {
        try (SocketPeer client = server.client("127.0.0.9")) {
            client.sendEhlo();
            client.quit();
            client.disconnect();
        }
    }

    @Test
    void startTls_waits_othersAreServed_andInjectedCommandsAreDropped() throws IOException {
        try (DecoyServer server = start();
                SocketPeer client = server.client();
                SocketPeer other = server.client("127.0.0.9")) {
            client.sendEhlo();
            client.send("STARTTLS\r\nMAIL FROM:<evil@example.com>\r\n");
            other.sendEhlo();
            ready.countDown();
            client.expectReply(220);
            client.startTls();
            client.quit();
            assertThat(client.disconnect().sender()).isEmpty();
        }
    }

    @Test
    void client_thatLeavesWhileItWaits_isReported() throws IOException {
        try (DecoyServer server = start();
                SocketPeer client = server.client()) {
            client.sendEhlo();
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
            client.sendEhlo();
            client.send("STARTTLS\r\n");
            client.expectReply(220);
            client.startTls();
            client.quit();
            assertThat(client.disconnect().tls()).isTrue();
        }
    }
}
