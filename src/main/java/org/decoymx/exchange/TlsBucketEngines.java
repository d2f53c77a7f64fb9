package org.decoymx.exchange;

import io.quarkus.tls.TlsConfiguration;
import java.security.KeyStore;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.jspecify.annotations.Nullable;

/**
 * Has Kafka's clients use the certificates of a TLS bucket of Quarkus. Each connection takes what the bucket has then,
 * so that a renewed certificate needs no restart. Kafka creates it, by its name.
 */
public final class TlsBucketEngines implements SslEngineFactory {
    /** The name under which the configuration of a client has the {@link Bucket}. */
    static final String BUCKET = "decoymx.tls.bucket";

    private @Nullable Bucket bucket;

    /** Gives the current content of a bucket. */
    interface Bucket extends Supplier<TlsConfiguration> {}

    @Override
    public void configure(Map<String, ?> configs) {
        bucket = (Bucket) configs.get(BUCKET);
    }

    private TlsConfiguration content() {
        return Objects.requireNonNull(bucket, "not configured").get();
    }

    @Override
    public SSLEngine createClientSslEngine(String peerHost, int peerPort, String endpointIdentification) {
        TlsConfiguration content = content();
        SSLEngine engine = createEngine(content, peerHost, peerPort);
        SSLParameters parameters = engine.getSSLParameters();
        String algorithm = content.getHostnameVerificationAlgorithm().orElse(endpointIdentification);
        parameters.setEndpointIdentificationAlgorithm(algorithm.equalsIgnoreCase("NONE") ? "" : algorithm);
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static SSLEngine createEngine(TlsConfiguration content, String peerHost, int peerPort) {
        try {
            SSLEngine engine = content.createSSLContext().createSSLEngine(peerHost, peerPort);
            engine.setUseClientMode(true);
            Set<String> protocols = content.getSSLOptions().getEnabledSecureTransportProtocols();
            if (!protocols.isEmpty()) {
                engine.setEnabledProtocols(protocols.toArray(String[]::new));
            }
            Set<String> suites = content.getSSLOptions().getEnabledCipherSuites();
            if (!suites.isEmpty()) {
                engine.setEnabledCipherSuites(suites.toArray(String[]::new));
            }
            return engine;
        } catch (Exception e) { // createSSLContext declares it
            throw new KafkaException("the certificates of decoy.exchange.tls cannot be used: " + e.getMessage(), e);
        }
    }

    @Override
    public SSLEngine createServerSslEngine(String peerHost, int peerPort) {
        throw new UnsupportedOperationException("a decoy is a client");
    }

    @Override
    public boolean shouldBeRebuilt(Map<String, Object> nextConfigs) {
        return false;
    }

    @Override
    public Set<String> reconfigurableConfigs() {
        return Set.of();
    }

    @Override
    public @Nullable KeyStore keystore() {
        return content().getKeyStore();
    }

    @Override
    public @Nullable KeyStore truststore() {
        return content().getTrustStore();
    }

    @Override
    public void close() {
        // has nothing open
    }
}
