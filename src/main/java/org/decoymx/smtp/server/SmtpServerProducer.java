package org.decoymx.smtp.server;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.PrefixMap;
import org.decoymx.smtp.protocol.ConversationSettings;
import org.decoymx.smtp.protocol.ProtectedDomains;
import org.decoymx.support.FileMessages;
import org.decoymx.support.MachineName;
import org.decoymx.support.SteadyClock;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Creates the settings of the SMTP server from the configuration; an invalid value stops the start. */
@ApplicationScoped
class SmtpServerProducer {
    private static final Logger LOG = Logger.getLogger(SmtpServerProducer.class);
    private static final int ACCEPT_BACKLOG = 4_096;
    private static final long TLS_HANDSHAKE_SECONDS = 10;
    private static final Pattern HOSTNAME = Pattern.compile("[A-Za-z0-9._-]{1,255}");

    private final SmtpServerConfig config;
    private final TlsConfigurationRegistry tlsRegistry;
    private final SteadyClock clock;
    private final Path dataDirectory;
    private final Optional<List<String>> decoyHosts;
    private volatile @Nullable PemCertificate selfSigned;

    SmtpServerProducer(
            SmtpServerConfig config,
            TlsConfigurationRegistry tlsRegistry,
            SteadyClock clock,
            @ConfigProperty(name = "decoy.ledger.dir") Path dataDirectory,
            @ConfigProperty(name = "decoy.policy.decoy-hosts") Optional<List<String>> decoyHosts) {
        this.config = config;
        this.tlsRegistry = tlsRegistry;
        this.clock = clock;
        this.dataDirectory = dataDirectory;
        this.decoyHosts = decoyHosts;
    }

    /** The settings of the conversation. */
    ConversationSettings conversationSettings() {
        String hostname = hostname();
        long maxSize = config.smtp().maxSize();
        return new ConversationSettings(
                hostname,
                PersonaLoader.load(config.smtp().persona(), hostname, maxSize),
                new ProtectedDomains(config.domains().orElse(List.of()), decoyNames(hostname)),
                maxSize,
                true);
    }

    private Set<String> decoyNames(String hostname) {
        Set<String> names = new HashSet<>(decoyHosts.orElse(List.of()));
        names.add(hostname);
        return names;
    }

    private String hostname() {
        String name = config.hostname().orElseGet(MachineName::find);
        if (!HOSTNAME.matcher(name).matches()) {
            throw new ConfigurationException("decoy.hostname: '" + name
                    + "' is not a valid host name (1 to 255 letters, digits, hyphens, underscores and dots)");
        }
        return name;
    }

    SmtpServerContext.SessionTimeouts sessionTimeouts() {
        SmtpServerConfig.Smtp smtp = config.smtp();
        return new SmtpServerContext.SessionTimeouts(
                smtp.greetingDelay(), smtp.replyDelay(), smtp.idleTimeout(), smtp.sessionTimeout());
    }

    PrefixMap<IpPrefix> trustedProxies() {
        return PrefixMap.parse(config.smtp().proxyProtocol().trusted().orElse(List.of()));
    }

    /** The options of the port, without a certificate for STARTTLS. Keys are agreed on worker threads. */
    NetServerOptions listenOptions() {
        return new NetServerOptions()
                .setAcceptBacklog(ACCEPT_BACKLOG)
                .setSslHandshakeTimeout(TLS_HANDSHAKE_SECONDS)
                .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
                .setSslEngineOptions(new JdkSSLEngineOptions().setUseWorkerThread(true));
    }

    /** The certificate for STARTTLS. */
    KeyCertOptions keyCertOptions() {
        return config.smtp().tls().map(this::namedKeyCertOptions).orElseGet(this::selfSignedKeyCertOptions);
    }

    private KeyCertOptions namedKeyCertOptions(String name) {
        KeyCertOptions options =
                tlsRegistry.get(name).map(TlsConfiguration::getKeyStoreOptions).orElse(null);
        if (options == null) {
            throw new ConfigurationException("decoy.smtp.tls: '" + name
                    + "' is not a TLS bucket with a key; set quarkus.tls." + name
                    + ".key-store.pem.0.cert and .key in config/application.properties");
        }
        return options;
    }

    /** A new certificate, if the self-signed one is out of date, because it is old or the clock was wrong. */
    Optional<KeyCertOptions> renewCertificate() {
        PemCertificate used = selfSigned;
        if (used == null || !clock.isTrusted() || !used.isOutdated(clock.instant())) {
            return Optional.empty();
        }
        LOG.info("The self-signed certificate is out of date and is renewed");
        return Optional.of(selfSignedKeyCertOptions());
    }

    /** The certificate that clients get now; empty if the user's one cannot be read. It may read a file. */
    Optional<X509Certificate> certificate() {
        PemCertificate used = selfSigned;
        return used != null
                ? used.parse()
                : config.smtp()
                        .tls()
                        .flatMap(tlsRegistry::get)
                        .map(TlsConfiguration::getKeyStore)
                        .flatMap(SmtpServerProducer::firstCertificate);
    }

    private static Optional<X509Certificate> firstCertificate(KeyStore store) {
        try {
            for (String alias : Collections.list(store.aliases())) {
                if (store.getCertificate(alias) instanceof X509Certificate certificate) {
                    return Optional.of(certificate);
                }
            }
        } catch (KeyStoreException e) {
            LOG.debugf("The certificate of decoy.smtp.tls cannot be read: %s", e.getMessage());
        }
        return Optional.empty();
    }

    private KeyCertOptions selfSignedKeyCertOptions() {
        PemCertificate certificate;
        try {
            certificate = PemCertificate.loadOrCreate(
                    PemCertificate.file(dataDirectory, clock), hostname(), clock.instant(), clock.isTrusted());
        } catch (IOException e) {
            LOG.warnf(
                    "Cannot store the self-signed certificate in %s (%s); a new one is generated at each start",
                    dataDirectory, FileMessages.describe(e));
            certificate = new PemCertificate(SelfSignedCertificate.generatePem(hostname(), clock.instant()));
        }
        selfSigned = certificate;
        Buffer pem = Buffer.buffer(certificate.pem());
        return new PemKeyCertOptions().addCertValue(pem).addKeyValue(pem);
    }
}
