package org.decoymx.wire;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.decoymx.conversation.Domains;
import org.decoymx.conversation.Settings;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Makes of the configuration what the sessions need; a value that cannot be used stops the start. */
@ApplicationScoped
class Wiring {
    private static final Logger LOG = Logger.getLogger(Wiring.class);
    private static final int ACCEPT_BACKLOG = 4_096;
    private static final long TLS_HANDSHAKE_SECONDS = 10;
    private static final String ANY_IPV4 = "0.0.0.0";
    private static final String ANY = "::";

    private final WireConfig config;
    private final TlsConfigurationRegistry tls;
    private final Clock clock;
    private final Path dir;

    Wiring(
            WireConfig config,
            TlsConfigurationRegistry tls,
            Clock clock,
            @ConfigProperty(name = "decoy.ledger.dir") Path dir) {
        this.config = config;
        this.tls = tls;
        this.clock = clock;
        this.dir = dir;
    }

    Settings settings() {
        String hostname = hostname();
        long maxSize = config.smtp().maxSize();
        return new Settings(
                hostname,
                checked("decoy.smtp.persona", () -> Personas.load(config.smtp().persona(), hostname, maxSize)),
                checked("decoy.domains", () -> new Domains(config.domains().orElse(List.of()))),
                maxSize,
                true);
    }

    private String hostname() {
        return config.hostname().orElseGet(() -> {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException e) {
                return "localhost";
            }
        });
    }

    Port.Delays delays() {
        WireConfig.Smtp smtp = config.smtp();
        return new Port.Delays(smtp.greetingDelay(), smtp.replyDelay(), smtp.idleTimeout(), smtp.sessionTimeout());
    }

    Networks trusted() {
        List<String> cidrs = config.smtp().proxyProtocol().trusted().orElse(List.of());
        return checked("decoy.smtp.proxy-protocol.trusted", () -> new Networks(cidrs));
    }

    /** One set of options for each address to listen on. */
    List<NetServerOptions> binds() {
        KeyCertOptions certificate = certificate();
        return hosts().stream()
                .map(host -> new NetServerOptions()
                        .setHost(host)
                        .setPort(config.smtp().port())
                        .setAcceptBacklog(ACCEPT_BACKLOG)
                        .setSslHandshakeTimeout(TLS_HANDSHAKE_SECONDS)
                        .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
                        .setKeyCertOptions(certificate))
                .toList();
    }

    /** {@code ::} takes IPv4 in, so both wildcards are one socket; a machine without IPv6 has but the other. */
    private List<String> hosts() {
        List<String> hosts = config.smtp().host();
        if (!hosts.contains(ANY)) {
            return hosts;
        }
        String drop = hasIpv6() ? ANY_IPV4 : ANY;
        return hosts.stream().filter(host -> !host.equals(drop)).toList();
    }

    private static boolean hasIpv6() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .anyMatch(Inet6Address.class::isInstance);
        } catch (SocketException e) {
            return false;
        }
    }

    private KeyCertOptions certificate() {
        return config.smtp().tls().map(this::bucket).orElseGet(this::selfSigned);
    }

    private KeyCertOptions bucket(String name) {
        KeyCertOptions options =
                tls.get(name).map(TlsConfiguration::getKeyStoreOptions).orElse(null);
        if (options == null) {
            throw new ConfigurationException("decoy.smtp.tls: '" + name
                    + "' is no TLS bucket with a key; set quarkus.tls." + name + ".key-store.pem.0.cert and .key");
        }
        return options;
    }

    private KeyCertOptions selfSigned() {
        Certificate certificate;
        try {
            certificate = Certificate.keptIn(dir.resolve("self-signed.pem"), hostname(), clock.instant());
        } catch (IOException e) {
            LOG.warnf("cannot keep the self-signed certificate in %s (%s); a new one is made at each start", dir, e);
            certificate = Certificate.selfSigned(hostname(), clock.instant());
        }
        Buffer pem = Buffer.buffer(certificate.pem());
        return new PemKeyCertOptions().addCertValue(pem).addKeyValue(pem);
    }

    private static <T> T checked(String key, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(key + ": " + e.getMessage());
        }
    }
}
