package org.decoymx.exemption;

import java.util.List;
import org.decoymx.policy.Network;

/** What became of looking for the networks that a domain sends from. */
sealed interface SpfAnswer {

    /**
     * The domain names some.
     *
     * @param networks one at least, without doubles
     * @param remarks what was left out, each as "exists:%{i}.example.org, which cannot be listed", few
     */
    record Found(List<Network> networks, List<String> remarks) implements SpfAnswer {}

    /**
     * DNS did not answer, or the domain names no network.
     *
     * @param words why, as "example.org has no SPF record"
     */
    record Failed(String words) implements SpfAnswer {}
}
