package org.decoymx.dnsbl;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;
import org.decoymx.net.CidrFormat;
import org.decoymx.support.Format;
import org.decoymx.support.IpAddressFormat;
import org.decoymx.support.MaxElements;
import org.decoymx.support.Range;

/** The keys of the list over DNS. */
@ConfigMapping(prefix = "decoy.dnsbl")
public interface DnsblConfig {

    /** Addresses to listen on; {@code ::} takes IPv4 in. */
    @Format(IpAddressFormat.class)
    @WithDefault("0.0.0.0,::")
    List<String> host();

    /** Of UDP and TCP; 0 for not at all. */
    @Range(min = "0", max = "65535")
    @WithDefault("5335")
    int port();

    /** The zone in which the names of addresses are looked up. */
    @Format(ZoneFormat.class)
    @WithDefault("bl.decoy.test")
    String zone();

    /** Networks that get an answer, others are refused; without any all do; 100 at most. */
    @Format(CidrFormat.class)
    @MaxElements(100)
    Optional<List<String>> allowedNetworks();

    /** Answers over UDP to a network, an IPv4 /24 or an IPv6 /56, in a second; 0 for no limit. */
    @Range(min = "0", max = "1000000")
    @WithDefault("0")
    int answersPerSecond();
}
