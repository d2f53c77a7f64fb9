package org.decoymx.admin;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.decoymx.feed.FeedConfig.AccessPolicy;
import org.decoymx.net.CidrFormat;
import org.decoymx.support.Format;
import org.decoymx.support.MaxElements;
import org.decoymx.support.ReadableFileFormat;
import org.decoymx.support.TokenFormat;

/** Configuration of the access to the REST endpoints. */
@ConfigMapping(prefix = "decoy")
public interface AdminConfig {

    AdminAccess admin();

    WitnessAccess witness();

    SenderReaders senders();

    /** Configuration of the administrator role. */
    interface AdminAccess {
        /**
         * The token of the administrator, 16 to 256 printable ASCII characters; without it, requests that
         * need this role are denied.
         */
        @Format(TokenFormat.class)
        Optional<String> token();

        /**
         * The path of a file of users, {@code name:hash:roles} on each line; checked for changes every 2 seconds.
         * Without it nobody can log in to the page.
         */
        @Format(ReadableFileFormat.class)
        Optional<Path> usersFile();
    }

    /** Configuration of the role of a primary MX that sends visit reports. */
    interface WitnessAccess {
        /**
         * The token for visit reports, 16 to 256 printable ASCII characters; without it, only the administrator may
         * send them.
         */
        @Format(TokenFormat.class)
        Optional<String> token();
    }

    /** Configuration of who may read {@code /senders/{ip}} and {@code /stats}. */
    interface SenderReaders {
        /** Who may read them; with {@code token}, the administrator and the readers of the feeds. */
        @WithDefault("network")
        AccessPolicy access();

        /** The networks of the clients that are allowed with access {@code network}; at most 1,000. */
        @WithDefault("127.0.0.0/8,::1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7,fe80::/10")
        @Format(CidrFormat.class)
        @MaxElements(1000)
        List<String> networks();
    }
}
