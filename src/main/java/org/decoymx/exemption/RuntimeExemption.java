package org.decoymx.exemption;

import java.time.Instant;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.Exemption;

/**
 * An exemption that the administrator added at run time.
 *
 * @param reason the administrator's text; may be empty
 * @param since when it was added, in whole seconds
 */
public record RuntimeExemption(IpPrefix network, String reason, Instant since) {

    Exemption toExemption() {
        return Exemption.of(network, NetworkListParser.withComment("added by the administrator", reason));
    }

    /** The line of this exemption in a file of networks. */
    String toFileLine() {
        return (network.cidr() + " # " + since + " " + reason).strip();
    }
}
