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

/** A client of a {@link DecoyServer}. It writes aside, so that it may write much and read late. */
final class SocketPeer implements SmtpPeer, AutoCloseable {
    private static final int READ_TIMEOUT_MILLIS = 120_000;
    private static final Executor WRITERS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "writer");
        thread.setDaemon(true);
        return thread;
    });
    private static final SSLContext TRUSTS_ALL = trustsAll();

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
        Socket to = socket;
        writes = writes.thenRunAsync(
                () -> {
                    try {
                        to.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
                        to.getOutputStream().flush();
                    } catch (IOException e) {
                        // the decoy has closed; the reader sees it
                    }
                },
                WRITERS);
    }

    @Override
    public @Nullable String line() {
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
            // reset: closed while octets of ours were under way
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(line).as("a whole line before the end").isEmpty();
        return null;
    }

    @Override
    public void tls() {
        writes.join();
        try {
            SSLSocket tls = (SSLSocket)
                    TRUSTS_ALL.getSocketFactory().createSocket(plain, DialogueFile.HOST, plain.getPort(), true);
            tls.startHandshake();
            socket = tls;
            in = new BufferedInputStream(tls.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public SessionFacts leave() {
        writes.join();
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            // closed already
        }
        assertThat(line()).as("nothing more from the decoy").isNull();
        return awaitFinalSighting().facts();
    }

    /** Sends a FIN, and goes on reading. */
    void finish() throws IOException {
        writes.join();
        plain.shutdownOutput();
    }

    /** Sends a RST. */
    void reset() throws IOException {
        writes.join();
        plain.setSoLinger(true, 0);
        plain.close();
    }

    /** What was seen of this session at its end; other clients of the server must not end meanwhile. */
    Sighting awaitFinalSighting() {
        return server.awaitFinalSighting(endedBefore);
    }

    @Override
    public void close() throws IOException {
        socket.close();
        plain.close();
    }

    private static SSLContext trustsAll() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustsAll()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Senders do not look who signed the certificate of a mail server. */
    private static final class TrustsAll implements X509TrustManager {
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
