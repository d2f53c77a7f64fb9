package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.decoymx.sighting.Sighting;
import org.decoymx.smtp.protocol.SessionFacts;
import org.jspecify.annotations.Nullable;

/** A client of a {@link DecoyServer}. It writes in another thread, so that it can send much before it reads. */
final class SocketPeer implements SmtpPeer, AutoCloseable {
    private static final int READ_TIMEOUT_MILLIS = 120_000;
    private static final Executor WRITERS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "writer");
        thread.setDaemon(true);
        return thread;
    });
    private static final SSLContext TRUST_ALL = createTrustAllContext();

    private final DecoyServer server;
    private final int endedBefore;
    private final Socket plain;
    private Socket socket;
    private InputStream in;
    private CompletableFuture<Void> writes = CompletableFuture.completedFuture(null);

    SocketPeer(DecoyServer server, String source) {
        this.server = server;
        endedBefore = server.endedSessions();
        try {
            plain = new Socket(Ip.of("127.0.0.1"), server.port(), Ip.of(source), 0);
            plain.setSoTimeout(READ_TIMEOUT_MILLIS);
            plain.setTcpNoDelay(true);
            socket = plain;
            in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void send(String octets) {
        Socket target = socket;
        writes = writes.thenRunAsync(
                () -> {
                    try {
                        target.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
                        target.getOutputStream().flush();
                    } catch (IOException e) {
                        // the decoy has closed the connection; the reader detects it
                    }
                },
                WRITERS);
    }

    /** Reads the greeting, and says EHLO. */
    void sendEhlo() {
        expectReply(220);
        send("EHLO client.example.net\r\n");
        expectReply(250);
    }

    /** Ends the session. */
    void quit() {
        send("QUIT\r\n");
        expectReply(221);
    }

    @Override
    public @Nullable String readLine() {
        StringBuilder line = new StringBuilder();
        try {
            for (int octet = in.read(); octet >= 0; octet = in.read()) {
                line.append((char) octet);
                if (octet == '\n') {
                    assertThat(line).endsWith("\r\n");
                    return line.substring(0, line.length() - 2);
                }
            }
        } catch (SocketException e) {
            // reset: the decoy closed the connection before it read all octets
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(line).as("an incomplete line before the end").isEmpty();
        return null;
    }

    @Override
    public void startTls() {
        writes.join();
        try {
            SSLSocket tls = (SSLSocket)
                    TRUST_ALL.getSocketFactory().createSocket(plain, DialogueFile.HOST, plain.getPort(), true);
            tls.startHandshake();
            socket = tls;
            in = new BufferedInputStream(tls.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public SessionFacts disconnect() {
        writes.join();
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            // the decoy has closed the connection
        }
        assertThat(readLine()).as("nothing more from the decoy").isNull();
        return awaitFinalSighting().facts();
    }

    /** Sends a FIN; reading is still possible. */
    void shutdownOutput() throws IOException {
        writes.join();
        plain.shutdownOutput();
    }

    /** Sends a RST. */
    void reset() throws IOException {
        writes.join();
        plain.setSoLinger(true, 0);
        plain.close();
    }

    /** The final sighting of this session; no other session of the server may end before. */
    Sighting awaitFinalSighting() {
        return server.awaitFinalSighting(endedBefore);
    }

    @Override
    public void close() throws IOException {
        socket.close();
        plain.close();
    }

    private static SSLContext createTrustAllContext() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustAllManager()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Accepts any certificate, as senders do. */
    private static final class TrustAllManager implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
