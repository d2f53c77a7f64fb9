package org.decoymx.smtp.server;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.tls.CertificateUpdatedEvent;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import org.decoymx.support.FileMessages;
import org.decoymx.support.PeriodicJobs;
import org.decoymx.support.SteadyClock;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The certificate for STARTTLS: that of the user's TLS bucket, or else a self-signed one in the data directory. */
@Singleton
public final class SmtpCertificate {
    private static final Logger LOG = Logger.getLogger(SmtpCertificate.class);
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(10);

    private final SmtpServerConfig config;
    private final Optional<String> bucket;
    private final TlsConfigurationRegistry tlsRegistry;
    private final Vertx vertx;
    private final PeriodicJobs jobs;
    private final SteadyClock clock;
    private final Path dataDirectory;
    private volatile @Nullable PemCertificate selfSigned;
    private volatile @Nullable RenewableKeyManager keys;

    SmtpCertificate(
            SmtpServerConfig config,
            TlsConfigurationRegistry tlsRegistry,
            Vertx vertx,
            PeriodicJobs jobs,
            SteadyClock clock,
            @ConfigProperty(name = "decoy.ledger.dir") Path dataDirectory) {
        this.config = config;
        this.tlsRegistry = tlsRegistry;
        this.vertx = vertx;
        this.jobs = jobs;
        this.clock = clock;
        this.dataDirectory = dataDirectory;
        bucket = config.smtp().tls();
    }

    /** Loads the certificate; from now on, it is replaced when it is out of date, or when the user has another one. */
    KeyCertOptions load() {
        RenewableKeyManager loaded;
        try {
            loaded = new RenewableKeyManager(
                    vertx, bucket.map(this::namedKeyCertOptions).orElseGet(this::selfSignedKeyCertOptions));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("decoy.smtp.tls: " + e.getMessage());
        }
        keys = loaded;
        jobs.schedule("certificate", CHECK_INTERVAL, () -> renewOutdated(loaded));
        return KeyCertOptions.wrap(loaded);
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

    private void renewOutdated(RenewableKeyManager loaded) {
        PemCertificate used = selfSigned;
        if (used != null && clock.isTrusted() && used.isOutdated(clock.instant())) {
            LOG.info("The self-signed certificate is out of date and is renewed");
            loaded.renew(selfSignedKeyCertOptions());
        }
    }

    void update(@Observes CertificateUpdatedEvent event) {
        RenewableKeyManager loaded = keys;
        if (loaded != null && bucket.filter(event.name()::equals).isPresent()) {
            try {
                loaded.renew(event.tlsConfiguration().getKeyStoreOptions());
            } catch (IllegalArgumentException e) {
                LOG.warnf("decoy.smtp.tls: the new certificate cannot be used, the old one stays: %s", e.getMessage());
            }
        }
    }

    /** The certificate that clients get now; empty if it cannot be read. It may read a file. */
    public Optional<X509Certificate> current() {
        PemCertificate used = selfSigned;
        return used != null
                ? used.parse()
                : bucket.flatMap(tlsRegistry::get)
                        .map(TlsConfiguration::getKeyStore)
                        .flatMap(SmtpCertificate::firstCertificate);
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
                    PemCertificate.file(dataDirectory, clock),
                    SmtpServer.hostname(config),
                    clock.instant(),
                    clock.isTrusted());
        } catch (IOException e) {
            LOG.warnf(
                    "Cannot store the self-signed certificate in %s (%s); a new one is generated at each start",
                    dataDirectory, FileMessages.describe(e));
            certificate =
                    new PemCertificate(SelfSignedCertificate.generatePem(SmtpServer.hostname(config), clock.instant()));
        }
        selfSigned = certificate;
        Buffer pem = Buffer.buffer(certificate.pem());
        return new PemKeyCertOptions().addCertValue(pem).addKeyValue(pem);
    }
}
