package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.tls.TlsConfiguration;
import io.vertx.core.net.SSLOptions;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;

class TlsBucketEnginesTest {
    private static final String SUITE = "TLS_AES_256_GCM_SHA384";

    private static TlsConfiguration bucket(SSLOptions options) {
        return (TlsConfiguration) Proxy.newProxyInstance(
                TlsConfiguration.class.getClassLoader(),
                new Class<?>[] {TlsConfiguration.class},
                (self, method, arguments) -> {
                    return switch (method.getName()) {
                        case "createSSLContext" -> SSLContext.getDefault();
                        case "getSSLOptions" -> options;
                        case "getHostnameVerificationAlgorithm" -> Optional.empty();
                        default -> throw new AssertionError(method.getName());
                    };
                });
    }

    @Test
    void connection_hasTheProtocolsAndCipherSuitesOfTheBucket() {
        SSLOptions options = new SSLOptions()
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .addEnabledCipherSuite(SUITE);
        TlsBucketEngines.Bucket bucket = () -> bucket(options);
        try (TlsBucketEngines engines = new TlsBucketEngines()) {
            engines.configure(Map.of(TlsBucketEngines.BUCKET, bucket));
            SSLEngine engine = engines.createClientSslEngine("kafka1.example.org", 9092, "https");
            assertThat(engine.getEnabledCipherSuites()).containsExactly(SUITE);
            assertThat(engine.getEnabledProtocols()).containsExactly("TLSv1.3");
            assertThat(engine.getSSLParameters().getEndpointIdentificationAlgorithm())
                    .isEqualTo("https");
        }
    }
}
