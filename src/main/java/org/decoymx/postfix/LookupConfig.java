package org.decoymx.postfix;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;
import org.decoymx.net.CidrFormat;
import org.decoymx.support.Format;
import org.decoymx.support.IpAddressFormat;
import org.decoymx.support.MaxElements;
import org.decoymx.support.Range;

/** The keys of the look-ups of Postfix. */
@ConfigMapping(prefix = "decoy.lookup")
public interface LookupConfig {

    /** Addresses to listen on. */
    @Format(IpAddressFormat.class)
    @WithDefault("127.0.0.1")
    List<String> host();

    /** Of the policy service; 0 for not at all. */
    @Range(min = "0", max = "65535")
    @WithDefault("10031")
    int policyPort();

    /** Of the socketmap; 0 for not at all. */
    @Range(min = "0", max = "65535")
    @WithDefault("10032")
    int socketmapPort();

    /** What Postfix is told to do with a listed client. */
    @WithDefault("reject")
    PostfixAction action();

    /** Networks that may ask besides loopback; 100 at most. Whoever asks is believed who was at the primary MX. */
    @Format(CidrFormat.class)
    @MaxElements(100)
    Optional<List<String>> allowedNetworks();
}
