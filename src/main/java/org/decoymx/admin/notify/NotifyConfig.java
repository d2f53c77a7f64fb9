package org.decoymx.admin.notify;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;
import org.decoymx.support.Format;
import org.decoymx.support.TokenFormat;

/** Configuration of the notifications; without a URL and a command there are none. */
@ConfigMapping(prefix = "decoy.notify")
public interface NotifyConfig {

    /** The URL to which notifications are posted as JSON. */
    @Format(WebhookUrlFormat.class)
    Optional<String> url();

    /** The secret that signs them, 16 to 256 printable ASCII characters; required with a URL. */
    @Format(TokenFormat.class)
    Optional<String> secret();

    /** A program with its arguments, run without a shell for each notification. */
    @Format(CommandFormat.class)
    Optional<String> command();

    /** What to tell. */
    @WithDefault("primary,protections,senders,disk")
    List<EventKind> events();

    /** Kinds of events. */
    enum EventKind {
        /** A real MX is down, or up again. */
        PRIMARY,
        /** A protection of a domain is missing, or none is missing any more. */
        PROTECTIONS,
        /** Listed senders were seen at a real MX. */
        SENDERS,
        /** The ledger cannot be written, or can be written again. */
        DISK
    }
}
