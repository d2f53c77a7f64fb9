package org.decoymx.smtp.server;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.decoymx.net.Hosts;
import org.decoymx.net.Keys;
import org.decoymx.net.Networks;
import org.decoymx.smtp.protocol.Domains;
import org.decoymx.smtp.protocol.Settings;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Makes of the configuration what the sessions need; a value that cannot be used stops the start. */
@ApplicationScoped
class Wiring {
    private static final Logger LOG = Logger.getLogger(Wiring.class);
    private static final int ACCEPT_BACKLOG = 4_096;
    private static final long TLS_HANDSHAKE_SECONDS = 10;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_COUNT = 1_000_000;
    /** RFC 5321 section 4.5.3.1.7: a server that limits messages takes 64 KiB at least. */
    private static final long MIN_SIZE = 65_536;

    private static final long MAX_SIZE = 1L << 40;
    private static final Duration MAX_DELAY = Duration.ofMinutes(4);
    private static final Duration MAX_TIMEOUT = Duration.ofDays(1);
    private static final Pattern HOSTNAME = Pattern.compile("[A-Za-z0-9._-]{1,255}");

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

    private void checkRanges() {
        WireConfig.Smtp smtp = config.smtp();
        inRange("port", smtp.port(), 1, MAX_PORT);
        inRange("max-connections", smtp.maxConnections(), 1, MAX_COUNT);
        inRange("max-connections-per-client", smtp.maxConnectionsPerClient(), 1, MAX_COUNT);
        inRange("max-size", smtp.maxSize(), MIN_SIZE, MAX_SIZE);
        inRange("greeting-delay", smtp.greetingDelay(), Duration.ZERO, MAX_DELAY);
        inRange("reply-delay", smtp.replyDelay(), Duration.ZERO, MAX_DELAY);
        inRange("idle-timeout", smtp.idleTimeout(), Duration.ofSeconds(1), MAX_TIMEOUT);
        inRange("session-timeout", smtp.sessionTimeout(), Duration.ofSeconds(1), MAX_TIMEOUT);
    }

    private static <T extends Comparable<T>> void inRange(String name, T value, T least, T most) {
        Keys.inRange("decoy.smtp." + name, value, least, most);
    }

    /** Settings of the conversation, once every value is known to be of use. */
    Settings settings() {
        checkRanges();
        String hostname = hostname();
        long maxSize = config.smtp().maxSize();
        return new Settings(
                hostname,
                Keys.checked(
                        "decoy.smtp.persona", () -> Personas.load(config.smtp().persona(), hostname, maxSize)),
                Keys.checked("decoy.domains", () -> new Domains(config.domains().orElse(List.of()))),
                maxSize,
                true);
    }

    private String hostname() {
        String name = config.hostname().orElseGet(() -> {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException e) {
                return "localhost";
            }
        });
        if (!HOSTNAME.matcher(name).matches()) {
            throw new ConfigurationException("decoy.hostname: '" + name
                    + "' is no host name; letters, digits, hyphens and dots are allowed, 255 in all");
        }
        return name;
    }

    Port.Delays delays() {
        WireConfig.Smtp smtp = config.smtp();
        return new Port.Delays(smtp.greetingDelay(), smtp.replyDelay(), smtp.idleTimeout(), smtp.sessionTimeout());
    }

    Networks trusted() {
        List<String> cidrs = config.smtp().proxyProtocol().trusted().orElse(List.of());
        return Keys.checked("decoy.smtp.proxy-protocol.trusted", () -> new Networks(cidrs));
    }

    /** One set of options for each address to listen on. */
    List<NetServerOptions> binds() {
        KeyCertOptions certificate = certificate();
        return Hosts.toBind(config.smtp().host()).stream()
                .map(host -> new NetServerOptions()
                        .setHost(host)
                        .setPort(config.smtp().port())
                        .setAcceptBacklog(ACCEPT_BACKLOG)
                        .setSslHandshakeTimeout(TLS_HANDSHAKE_SECONDS)
                        .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
                        .setKeyCertOptions(certificate))
                .toList();
    }

    private KeyCertOptions certificate() {
        return config.smtp().tls().map(this::bucket).orElseGet(this::selfSigned);
    }

    private KeyCertOptions bucket(String name) {
        KeyCertOptions options =
                tls.get(name).map(TlsConfiguration::getKeyStoreOptions).orElse(null);
        if (options == null) {
            throw new ConfigurationException("decoy.smtp.tls: '" + name
                    + "' is no TLS bucket with a key; set quarkus.tls." + name
                    + ".key-store.pem.0.cert and .key in config/application.properties");
        }
        return options;
    }

    private KeyCertOptions selfSigned() {
        Certificate certificate;
        try {
            certificate = Certificate.keptIn(dir.resolve("self-signed.pem"), hostname(), clock.instant());
        } catch (IOException e) {
            LOG.warnf("cannot keep the self-signed certificate in %s (%s); a new one is made at each start", dir, e);
            certificate = new Certificate(SelfSigned.pem(hostname(), clock.instant()));
        }
        Buffer pem = Buffer.buffer(certificate.pem());
        return new PemKeyCertOptions().addCertValue(pem).addKeyValue(pem);
    }
}
