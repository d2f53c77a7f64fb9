package org.decoymx.smtp.server;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The keys of the conversation and its sockets. */
@ConfigMapping(prefix = "decoy")
public interface SmtpServerConfig {

    /** The name in greeting and replies; default is the machine's name. */
    Optional<String> hostname();

    /** Protected domains; a leading dot takes the subdomains in. Without any the decoy is in trial mode. */
    Optional<List<String>> domains();

    Smtp smtp();

    /** Keys of the SMTP port. */
    interface Smtp {
        /** Addresses to listen on; {@code ::} takes IPv4 in. */
        @WithDefault("0.0.0.0,::")
        List<String> host();

        @WithDefault("2525")
        int port();

        /** The words: classic, postfix, exim, sendmail, exchange, or the path of a persona file. */
        @WithDefault("classic")
        String persona();

        /** How long the greeting's last line is held back, to see who cannot wait. */
        @WithDefault("2s")
        Duration greetingDelay();

        /** The pause before each reply. */
        @WithDefault("0s")
        Duration replyDelay();

        /** Connections at a time; one more gets 421. */
        @WithDefault("10000")
        int maxConnections();

        /** Connections of one client, an IPv4 address or an IPv6 /64, at a time; one more gets 421. */
        @WithDefault("50")
        int maxConnectionsPerClient();

        /** How long the decoy waits for a complete command. */
        @WithDefault("5m")
        Duration idleTimeout();

        /** How long a session may last. */
        @WithDefault("30m")
        Duration sessionTimeout();

        /** What SIZE announces, in octets: no less than the real MX takes, as senders bounce what is larger. */
        @WithDefault("157286400")
        long maxSize();

        /** The bucket of {@code quarkus.tls} whose certificate STARTTLS shows; without one a self-signed is made. */
        Optional<String> tls();

        @WithName("proxy-protocol")
        ProxyProtocol proxyProtocol();
    }

    /** Keys of the PROXY protocol. */
    interface ProxyProtocol {
        /** Networks whose PROXY header, version 1 or 2, is believed, and required. */
        Optional<List<String>> trusted();
    }
}
