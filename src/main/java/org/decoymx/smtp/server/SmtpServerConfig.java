package org.decoymx.smtp.server;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Configuration of the conversation and the SMTP port. */
@ConfigMapping(prefix = "decoy")
public interface SmtpServerConfig {

    /** The host name in greeting and replies. Default: the host name of the machine. */
    Optional<String> hostname();

    /** The protected domains; a leading dot includes the subdomains. If none is set, the decoy is in trial mode. */
    Optional<List<String>> domains();

    Smtp smtp();

    /** Configuration of the SMTP port. */
    interface Smtp {
        /** The addresses to listen on; {@code ::} includes IPv4. */
        @WithDefault("0.0.0.0,::")
        List<String> host();

        @WithDefault("2525")
        int port();

        /** The reply texts: classic, postfix, exim, sendmail, exchange, or the path of a persona file. */
        @WithDefault("classic")
        String persona();

        /** The delay before the greeting's last line, to detect early talkers. */
        @WithDefault("2s")
        Duration greetingDelay();

        /** The delay before each reply. */
        @WithDefault("0s")
        Duration replyDelay();

        /** Concurrent connections; further ones are rejected with 421. */
        @WithDefault("10000")
        int maxConnections();

        /** Concurrent connections of one client (IPv4 address or IPv6 /64); further ones are rejected with 421. */
        @WithDefault("50")
        int maxConnectionsPerClient();

        /** The timeout for a complete command. */
        @WithDefault("5m")
        Duration idleTimeout();

        /** The maximum duration of a session. */
        @WithDefault("30m")
        Duration sessionTimeout();

        /**
         * The limit that SIZE announces, in octets. At least the limit of the primary MX: senders bounce larger mail.
         */
        @WithDefault("157286400")
        long maxSize();

        /** The {@code quarkus.tls} bucket with the certificate for STARTTLS. Default: a generated self-signed one. */
        Optional<String> tls();

        @WithName("proxy-protocol")
        ProxyProtocol proxyProtocol();
    }

    /** Configuration of the PROXY protocol. */
    interface ProxyProtocol {
        /** The proxies, as networks, that must send a PROXY header (version 1 or 2); all others must not. */
        Optional<List<String>> trusted();
    }
}
