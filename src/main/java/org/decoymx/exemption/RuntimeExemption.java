package org.decoymx.exemption;

import java.time.Instant;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.IpNetwork;

/**
 * An exemption that the administrator made at run time.
 *
 * @param network which one
 * @param reason in the administrator's words; empty for none
 * @param since when it was made, to the second
 */
public record RuntimeExemption(IpNetwork network, String reason, Instant since) {

    Exemption toExemption() {
        return Exemption.of(network, NetworkListParser.withComment("named by the administrator", reason));
    }

    /** The line that stands for it in a file of networks. */
    String toFileLine() {
        return (network + " # " + since + " " + reason).strip();
    }
}
