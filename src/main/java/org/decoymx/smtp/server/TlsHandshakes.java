package org.decoymx.smtp.server;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;

/**
 * TLS handshakes in memory. The first ones in a JVM load and initialize hundreds of classes, those of the certificate's
 * algorithms among them.
 */
final class TlsHandshakes {
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private TlsHandshakes() {}

    /** Does a handshake of each protocol with a certificate, as a server. */
    static void run(KeyManagerFactory certificate) throws SSLException {
        for (String protocol : PROTOCOLS) {
            SslContext server = SslContextBuilder.forServer(certificate)
                    .sslProvider(SslProvider.JDK)
                    .protocols(protocol)
                    .build();
            SslContext client = SslContextBuilder.forClient()
                    .sslProvider(SslProvider.JDK)
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .protocols(protocol)
                    .build();
            shakeHands(channel(server), channel(client));
        }
    }

    private static EmbeddedChannel channel(SslContext context) {
        return new EmbeddedChannel(context.newHandler(UnpooledByteBufAllocator.DEFAULT));
    }

    private static void shakeHands(EmbeddedChannel server, EmbeddedChannel client) {
        try {
            boolean busy = true;
            while (busy) {
                busy = forward(client, server) || forward(server, client);
            }
        } finally {
            server.finishAndReleaseAll();
            client.finishAndReleaseAll();
        }
    }

    private static boolean forward(EmbeddedChannel from, EmbeddedChannel to) {
        Object octets = from.readOutbound();
        if (octets != null) {
            to.writeInbound(octets);
        }
        return octets != null;
    }
}
