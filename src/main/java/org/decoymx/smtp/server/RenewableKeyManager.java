package org.decoymx.smtp.server;

import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Uses another certificate for new TLS handshakes without changing the server: while a Vert.x 4 server changes its own
 * TLS options, it closes each new connection. A handshake that is going on keeps the certificate it began with.
 */
final class RenewableKeyManager extends X509ExtendedKeyManager {
    private static final String SEPARATOR = ":";

    private final Vertx vertx;
    private volatile Generation latest;

    /**
     * A certificate.
     *
     * @param previous the one before it, without its own previous one
     */
    private record Generation(
            int number,
            X509ExtendedKeyManager keys,
            @Nullable Generation previous) {}

    /**
     * @throws IllegalArgumentException if the key cannot be used
     */
    RenewableKeyManager(Vertx vertx, KeyCertOptions options) {
        this.vertx = vertx;
        latest = new Generation(0, load(options), null);
    }

    /**
     * Uses another certificate from now on.
     *
     * @throws IllegalArgumentException if the key cannot be used; then nothing has changed
     */
    synchronized void renew(KeyCertOptions options) {
        Generation before = latest;
        Generation previous = new Generation(before.number(), before.keys(), null);
        latest = new Generation(before.number() + 1, load(options), previous);
    }

    private X509ExtendedKeyManager load(KeyCertOptions options) {
        try {
            for (KeyManager manager : options.getKeyManagerFactory(vertx).getKeyManagers()) {
                if (manager instanceof X509ExtendedKeyManager keys) {
                    return keys;
                }
            }
        } catch (Exception e) { // the interface throws it
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        throw new IllegalArgumentException("there is no X.509 key");
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        Generation used = latest;
        String alias = used.keys().chooseEngineServerAlias(keyType, issuers, engine);
        return alias == null ? null : used.number() + SEPARATOR + alias;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        Generation used = latest;
        String alias = used.keys().chooseServerAlias(keyType, issuers, socket);
        return alias == null ? null : used.number() + SEPARATOR + alias;
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Generation used = find(alias);
        return used == null ? null : used.keys().getPrivateKey(inner(alias));
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        Generation used = find(alias);
        return used == null ? null : used.keys().getCertificateChain(inner(alias));
    }

    private @Nullable Generation find(String alias) {
        Generation candidate = latest;
        while (candidate != null && !alias.startsWith(candidate.number() + SEPARATOR)) {
            candidate = candidate.previous();
        }
        return candidate;
    }

    private static String inner(String alias) {
        return alias.substring(alias.indexOf(SEPARATOR) + 1);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
        return null;
    }
}
