package org.decoymx.postfix;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;
import org.decoymx.net.CidrFormat;
import org.decoymx.net.IpAddressFormat;
import org.decoymx.support.Format;
import org.decoymx.support.MaxElements;
import org.decoymx.support.Range;

/** Keys of the Postfix lookups. */
@ConfigMapping(prefix = "decoy.lookup")
public interface LookupConfig {

    /** Addresses to listen on. */
    @Format(IpAddressFormat.class)
    @WithDefault("127.0.0.1")
    List<String> host();

    /** The port of the policy service; 0 disables it. */
    @Range(min = "0", max = "65535")
    @WithDefault("10031")
    int policyPort();

    /** The port of the socketmap; 0 disables it. */
    @Range(min = "0", max = "65535")
    @WithDefault("10032")
    int socketmapPort();

    /** The action that Postfix takes for a listed client. */
    @WithDefault("graduated")
    PostfixAction action();

    /** Networks that may connect besides loopback, at most 100. Their reports of visits at a primary MX are trusted. */
    @Format(CidrFormat.class)
    @MaxElements(100)
    Optional<List<String>> allowedNetworks();
}
