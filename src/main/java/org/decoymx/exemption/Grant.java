package org.decoymx.exemption;

import java.time.Instant;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.Network;

/**
 * An exemption that the administrator made at run time.
 *
 * @param network which one
 * @param why in the administrator's words; empty for none
 * @param since when it was made, to the second
 */
public record Grant(Network network, String why, Instant since) {

    Exemption exemption() {
        return Exemption.of(network, NetworkText.named("named by the administrator", why));
    }

    /** The line that stands for it in a file of networks. */
    String line() {
        return (network + " # " + since + " " + why).strip();
    }
}
