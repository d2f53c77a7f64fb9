package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.security.Principal;
import java.time.Instant;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class RenewableKeyManagerTest {
    private static final Vertx VERTX = Vertx.vertx();

    @AfterAll
    static void close() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void handshakeThatBegan_keepsItsCertificate() throws Exception {
        RenewableKeyManager keys = new RenewableKeyManager(VERTX, certificate("first.example.test"));
        String alias = chooseAlias(keys);

        keys.renew(certificate("second.example.test"));

        assertThat(nameOf(keys, alias)).isEqualTo("CN=first.example.test");
        assertThat(keys.getPrivateKey(alias)).isNotNull();
        assertThat(nameOf(keys, chooseAlias(keys))).isEqualTo("CN=second.example.test");
        keys.renew(certificate("third.example.test"));
        assertThat(keys.getCertificateChain(alias)).isNull();
        assertThat(keys.getPrivateKey(alias)).isNull();
    }

    @Test
    void certificateThatCannotBeUsed_changesNothing() throws Exception {
        RenewableKeyManager keys = new RenewableKeyManager(VERTX, certificate("first.example.test"));

        assertThatThrownBy(() -> keys.renew(pem("no certificate"))).isInstanceOf(IllegalArgumentException.class);

        assertThat(nameOf(keys, chooseAlias(keys))).isEqualTo("CN=first.example.test");
    }

    private static String chooseAlias(RenewableKeyManager keys) throws Exception {
        return Objects.requireNonNull(keys.chooseEngineServerAlias(
                "EC", new Principal[0], SSLContext.getDefault().createSSLEngine()));
    }

    private static String nameOf(RenewableKeyManager keys, String alias) {
        return Objects.requireNonNull(keys.getCertificateChain(alias))[0]
                .getSubjectX500Principal()
                .getName();
    }

    private static KeyCertOptions certificate(String name) {
        return pem(SelfSignedCertificate.generatePem(name, Instant.now()));
    }

    private static KeyCertOptions pem(String text) {
        Buffer pem = Buffer.buffer(text);
        return new PemKeyCertOptions().addCertValue(pem).addKeyValue(pem);
    }
}
