package org.decoymx.dnsbl;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.decoymx.net.CidrFormat;
import org.decoymx.net.IpAddressFormat;
import org.decoymx.support.Format;
import org.decoymx.support.MaxElements;
import org.decoymx.support.Range;

/** Keys of the DNSBL server. */
@ConfigMapping(prefix = "decoy.dnsbl")
public interface DnsblConfig {

    /** Addresses to listen on; {@code ::} includes IPv4. */
    @Format(IpAddressFormat.class)
    @WithDefault("0.0.0.0,::")
    List<String> host();

    /** The UDP and TCP port; 0 disables the server. */
    @Range(min = "0", max = "65535")
    @WithDefault("5335")
    int port();

    /** The DNS zone of the blocklist. */
    @Format(ZoneFormat.class)
    @WithDefault("bl.decoy.test")
    String zone();

    /** Networks that may query; others get REFUSED. Not set: loopback, private and own networks. At most 100. */
    @Format(CidrFormat.class)
    @MaxElements(100)
    Optional<List<String>> allowedNetworks();

    /**
     * Maximum UDP responses a second to one network (IPv4 /24 or IPv6 /56); 0 for no limit. Not set: 20, but only for
     * clients that are refused, or allowed by a network with a prefix below 8, such as 0.0.0.0/0.
     */
    @Range(min = "0", max = "1000000")
    OptionalInt answersPerSecond();
}
