package org.decoymx.policy;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.decoymx.ledger.Origin;
import org.jspecify.annotations.Nullable;

/**
 * Who is never listed, from whatever source: networks, of which the smallest that a sender lies in decides, and an
 * allowlist. Of equal networks one that is taken out again decides. Any thread may ask, and any may change it.
 */
public final class Exempt {
    private final SortedMap<String, List<Exemption>> sources = new TreeMap<>();
    private volatile Networks networks = Networks.NONE;
    private volatile Exemption.Allowlist allowlist = origin -> null;

    /**
     * Replaces what a source says.
     *
     * @param source its name, as "file /etc/decoymx/exempt.txt"
     * @param exemptions all that it says now
     * @return whether anything changed; then those who are listed want to be judged again
     */
    public synchronized boolean put(String source, Collection<Exemption> exemptions) {
        List<Exemption> said = List.copyOf(exemptions);
        List<Exemption> before = said.isEmpty() ? sources.remove(source) : sources.put(source, said);
        boolean changed = !said.equals(before == null ? List.of() : before);
        if (changed) {
            networks = Networks.of(sources.values());
        }
        return changed;
    }

    /** Sets who is asked when no network decides. */
    public void consult(Exemption.Allowlist list) {
        allowlist = list;
    }

    /** What each source says. */
    public synchronized SortedMap<String, List<Exemption>> sources() {
        return new TreeMap<>(sources);
    }

    /** Whether a network decides on a sender, this way or that, so that no allowlist is asked. */
    public boolean covers(Origin origin) {
        return networks.find(origin) != null;
    }

    /** Why a sender is never listed, as the end of a sentence; empty when it may be. */
    Optional<String> find(Origin origin) {
        Exemption network = networks.find(origin);
        return network != null && network.exempt()
                ? Optional.of(network.name())
                : Optional.ofNullable(ask(origin, network));
    }

    private @Nullable String ask(Origin origin, @Nullable Exemption network) {
        return network == null ? allowlist.find(origin) : null;
    }
}
