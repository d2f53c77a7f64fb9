package org.decoymx.primary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.util.NetUtil;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.decoymx.net.ListenAddresses;
import org.decoymx.primary.PrimaryMonitor.HostState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Probes a host with several addresses, 127.0.17.1 to 127.0.17.3, on each of which another server may listen. */
class SmtpProbeTest {
    private final Vertx vertx = Vertx.vertx();
    private final List<ServerSocket> servers = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final List<Boolean> openAtCommand = new ArrayList<>();
    private final OpenProbes openProbes = new OpenProbes();
    private List<String> addresses = List.of();
    private SmtpProbe probe;
    private int port;

    @BeforeEach
    void create() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.17.1"))) {
            port = free.getLocalPort();
        }
        probe = new SmtpProbe(
                vertx,
                new SmtpProbe.ProbeSettings(ProbeDepth.RCPT, Optional.of("mx9.example.org"), "postmaster@example.org"),
                this::resolve,
                openProbes);
    }

    @AfterEach
    void close() throws Exception {
        probe.close();
        for (ServerSocket server : servers) {
            server.close();
        }
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private List<InetAddress> resolve(String name) throws UnknownHostException {
        List<InetAddress> found = new ArrayList<>();
        for (String address : addresses) {
            found.add(InetAddress.getByName(address));
        }
        if (found.isEmpty()) {
            throw new UnknownHostException(name);
        }
        return found;
    }

    /** Starts a server that answers RCPT with this reply. */
    private ServerSocket serve(String address, String rcptReply) throws IOException {
        ServerSocket server = new ServerSocket(port, 10, InetAddress.getByName(address));
        servers.add(server);
        Thread thread = new Thread(() -> acceptAll(server, address, rcptReply), address);
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    private void acceptAll(ServerSocket server, String address, String rcptReply) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept();
                    BufferedReader lines = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
                synchronized (asked) {
                    asked.add(address);
                }
                say(socket, "220 mx1.example.org");
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    synchronized (asked) {
                        openAtCommand.add(openProbes.contains("MX9.example.org", "postmaster@example.org"));
                    }
                    say(socket, line.startsWith("RCPT") ? rcptReply : line.startsWith("QUIT") ? "221 bye" : "250 ok");
                }
            } catch (IOException e) {
                // the test has ended, or the probe has closed the connection
            }
        }
    }

    private static void say(Socket socket, String reply) {
        try {
            socket.getOutputStream().write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ProbeResult probe(String... hostAddresses) throws Exception {
        addresses = List.of(hostAddresses);
        return probe.probe(new PrimaryHost("mx1.example.org", port))
                .toCompletionStage()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
    }

    private List<String> takeAsked() {
        synchronized (asked) {
            List<String> taken = List.copyOf(asked);
            asked.clear();
            return taken;
        }
    }

    @Test
    void host_isUp_ifOneOfItsAddressesIs_andThatComesFirstNextTime() throws Exception {
        serve("127.0.17.3", "250 ok");
        assertThat(probe("127.0.17.1", "127.0.17.2", "127.0.17.3")).isEqualTo(ProbeResult.UP);
        ServerSocket first = serve("127.0.17.1", "250 ok");
        takeAsked();
        assertThat(probe("127.0.17.1", "127.0.17.2", "127.0.17.3")).isEqualTo(ProbeResult.UP);
        assertThat(takeAsked()).containsExactly("127.0.17.3");
        first.close();
        servers.get(0).close();
        assertThat(probe("127.0.17.1", "127.0.17.3").error())
                .isEqualTo("127.0.17.3:" + port + ": connection refused; 127.0.17.1:" + port + ": connection refused");
    }

    @Test
    void host_isUnknown_ifAnAddressDefersTheProbe_andNoneIsUp() throws Exception {
        serve("127.0.17.2", "450 4.2.0 greylisted");
        assertThat(probe("127.0.17.1", "127.0.17.2"))
                .isEqualTo(
                        ProbeResult.deferred("127.0.17.2:" + port + ": it defers the probe, reply to RCPT: '450 4.2.0"
                                + " greylisted'; allow the address 127.0.0.1 there, or set decoy.primary.probe=mail"));
        serve("127.0.17.3", "550 no postmaster");
        assertThat(probe("127.0.17.2", "127.0.17.3")).isEqualTo(ProbeResult.UP);
    }

    /** EHLO, MAIL, RCPT, RSET, perhaps QUIT: the policy service is asked about RCPT, before it is answered. */
    @Test
    void probe_isOpen_onlyUntilItsRecipientIsAnswered() throws Exception {
        serve("127.0.17.1", "250 ok");
        serve("127.0.17.2", "450 4.2.0 greylisted");
        for (String address : List.of("127.0.17.1", "127.0.17.2")) {
            probe(address);
            assertThat(openProbes.contains("mx9.example.org", "postmaster@example.org"))
                    .isFalse();
        }
        synchronized (asked) {
            assertThat(openAtCommand).startsWith(false, false, true, false).hasSizeGreaterThanOrEqualTo(7);
            assertThat(openAtCommand.stream().filter(open -> open)).hasSize(2);
        }
        openProbes.begin(this, "mx9.example.org", "postmaster@example.org");
        assertThat(openProbes.contains("mx9.example.org", "user@example.org")).isFalse();
        assertThat(openProbes.contains("mx8.example.org", "postmaster@example.org"))
                .isFalse();
    }

    @Test
    void host_withoutAnAddressThatAnswers_isDown() throws Exception {
        assertThat(probe("127.0.17.1")).isEqualTo(ProbeResult.down("connection refused"));
        assertThat(probe()).isEqualTo(ProbeResult.down("the host name cannot be resolved"));
    }

    @Test
    void bothFamilies_areTried_evenIfOneHasManyAddresses() throws Exception {
        assumeTrue(ListenAddresses.localAddresses().anyMatch(NetUtil.LOCALHOST6::equals), "there is no IPv6");
        serve("::1", "250 ok");
        String[] v6Last = new String[12];
        String[] v6First = new String[12];
        for (int i = 0; i < v6Last.length; i++) {
            v6Last[i] = "127.0.17." + (i + 1);
            v6First[i] = "127.0.17." + i;
        }
        v6Last[11] = "::1";
        v6First[0] = "::1";
        assertThat(probe(v6Last)).isEqualTo(ProbeResult.UP);
        assertThat(probe(v6First)).isEqualTo(ProbeResult.UP);
        assertThat(takeAsked()).containsExactly("::1", "::1");
        serve("127.0.17.1", "250 ok");
        servers.get(0).close();
        assertThat(probe("::1", "127.0.17.1")).isEqualTo(ProbeResult.UP);
    }

    @Test
    void onlySomeAddresses_areTried() throws Exception {
        String[] many = new String[20];
        for (int i = 0; i < many.length; i++) {
            many[i] = "127.0.18." + i;
        }
        ProbeResult result = probe(many);
        assertThat(result.state()).isEqualTo(HostState.DOWN);
        assertThat(result.error().split("; ", -1)).hasSize(8);
    }
}
