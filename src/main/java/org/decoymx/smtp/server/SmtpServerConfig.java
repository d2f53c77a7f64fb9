package org.decoymx.smtp.server;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.decoymx.net.CidrFormat;
import org.decoymx.support.Format;
import org.decoymx.support.IpAddressFormat;
import org.decoymx.support.Range;

/** The keys of the conversation and its sockets. */
@ConfigMapping(prefix = "decoy")
public interface SmtpServerConfig {

    /** The name in greeting and replies; default is the machine's name. */
    @Format(HostnameFormat.class)
    Optional<String> hostname();

    /** Protected domains; a leading dot takes the subdomains in. Without any the decoy is in trial mode. */
    @Format(ProtectedDomainFormat.class)
    Optional<List<String>> domains();

    Smtp smtp();

    /** Keys of the SMTP port. */
    interface Smtp {
        /** Addresses to listen on; {@code ::} takes IPv4 in. */
        @Format(IpAddressFormat.class)
        @WithDefault("0.0.0.0,::")
        List<String> host();

        @Range(min = "1", max = "65535")
        @WithDefault("2525")
        int port();

        /** The words: classic, postfix, exim, sendmail, exchange, or the path of a persona file. */
        @Format(PersonaFormat.class)
        @WithDefault("classic")
        String persona();

        /** How long the greeting's last line is held back, to see who cannot wait. */
        @Range(min = "0s", max = "4m")
        @WithDefault("2s")
        Duration greetingDelay();

        /** The pause before each reply. */
        @Range(min = "0s", max = "4m")
        @WithDefault("0s")
        Duration replyDelay();

        /** Connections at a time; one more gets 421. */
        @Range(min = "1", max = "1000000")
        @WithDefault("10000")
        int maxConnections();

        /** Connections of one client, an IPv4 address or an IPv6 /64, at a time; one more gets 421. */
        @Range(min = "1", max = "1000000")
        @WithDefault("50")
        int maxConnectionsPerClient();

        /** How long the decoy waits for a complete command. */
        @Range(min = "1s", max = "24h")
        @WithDefault("5m")
        Duration idleTimeout();

        /** How long a session may last. */
        @Range(min = "1s", max = "24h")
        @WithDefault("30m")
        Duration sessionTimeout();

        /**
         * What SIZE announces, in octets: no less than the real MX takes, as senders bounce what is larger. RFC 5321 section
         * 4.5.3.1.7: a server that limits messages takes 64 KiB at least.
         */
        @Range(min = "65536", max = "1099511627776")
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
        @Format(CidrFormat.class)
        Optional<List<String>> trusted();
    }
}
