package org.decoymx.smtp.server;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.decoymx.net.CidrFormat;
import org.decoymx.net.HostNameFormat;
import org.decoymx.net.IpAddressFormat;
import org.decoymx.support.Format;
import org.decoymx.support.Range;

/** Configuration of the conversation and the SMTP port. */
@ConfigMapping(prefix = "decoy")
public interface SmtpServerConfig {

    /** The host name in greeting and replies. Default: the host name of the machine. */
    @Format(HostNameFormat.class)
    Optional<String> hostname();

    /** The protected domains; a leading dot includes the subdomains. If none is set, the decoy is in trial mode. */
    @Format(ProtectedDomainFormat.class)
    Optional<List<String>> domains();

    Smtp smtp();

    /** Configuration of the SMTP port. */
    interface Smtp {
        /** The addresses to listen on; {@code ::} includes IPv4. */
        @Format(IpAddressFormat.class)
        @WithDefault("0.0.0.0,::")
        List<String> host();

        @Range(min = "1", max = "65535")
        @WithDefault("2525")
        int port();

        /** The reply texts: classic, postfix, exim, sendmail, exchange, or the path of a persona file. */
        @Format(PersonaFormat.class)
        @WithDefault("classic")
        String persona();

        /** The delay before the greeting's last line, to detect early talkers. */
        @Range(min = "0s", max = "4m")
        @WithDefault("2s")
        Duration greetingDelay();

        /** The delay before each reply. */
        @Range(min = "0s", max = "4m")
        @WithDefault("0s")
        Duration replyDelay();

        /** Concurrent connections; further ones are rejected with 421. */
        @Range(min = "1", max = "1000000")
        @WithDefault("10000")
        int maxConnections();

        /** Concurrent connections of one client (IPv4 address or IPv6 /64); further ones are rejected with 421. */
        @Range(min = "1", max = "1000000")
        @WithDefault("50")
        int maxConnectionsPerClient();

        /** The timeout for a complete command. */
        @Range(min = "1s", max = "24h")
        @WithDefault("5m")
        Duration idleTimeout();

        /** The maximum duration of a session. */
        @Range(min = "1s", max = "24h")
        @WithDefault("30m")
        Duration sessionTimeout();

        /**
         * The limit that SIZE announces, in octets. At least the limit of the primary MX: senders bounce larger mail.
         */
        @Range(min = "65536", max = "1099511627776")
        @WithDefault("157286400")
        long maxSize();

        /** The {@code quarkus.tls} bucket with the certificate for STARTTLS. Default: a generated self-signed one. */
        Optional<String> tls();

        /** Whether Vert.x uses {@code VertxInternals.SharedLoopTransport}, which reads this key before all beans. */
        @WithDefault("true")
        boolean fastEventLoops();

        @WithName("proxy-protocol")
        ProxyProtocol proxyProtocol();
    }

    /** Configuration of the PROXY protocol. */
    interface ProxyProtocol {
        /** The proxies, as networks, that must send a PROXY header (version 1 or 2); all others must not. */
        @Format(CidrFormat.class)
        Optional<List<String>> trusted();
    }
}
