package org.decoymx.policy;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.decoymx.ledger.Origin;
import org.jspecify.annotations.Nullable;

/**
 * Who is never listed, from whatever source: networks, of which the smallest that a sender lies in decides, and an
 * allowlist. Of equal networks one that is taken out again decides. Any thread may ask, and any may change it.
 */
public final class ExemptNetworks {
    private static final Exemption.Allowlist EMPTY_ALLOWLIST = origin -> null;

    private final SortedMap<String, List<Exemption>> sources = new TreeMap<>();
    private volatile ExemptionPrefixMap networks = ExemptionPrefixMap.EMPTY;
    private volatile Exemption.Allowlist allowlist = EMPTY_ALLOWLIST;

    /**
     * Replaces what a source says.
     *
     * @param source its name, as "/etc/decoymx/exempt.txt"
     * @param exemptions all that it says now
     * @return whether anything changed; then those who are listed want to be judged again
     */
    public synchronized boolean replaceSource(String source, Collection<Exemption> exemptions) {
        List<Exemption> said = List.copyOf(exemptions);
        List<Exemption> before = said.isEmpty() ? sources.remove(source) : sources.put(source, said);
        boolean changed = !said.equals(before == null ? List.of() : before);
        if (changed) {
            networks = ExemptionPrefixMap.of(sources.values());
        }
        return changed;
    }

    /** Sets who is asked when no network decides. */
    public void setAllowlist(Exemption.Allowlist list) {
        allowlist = list;
    }

    /** What each source says. */
    public synchronized SortedMap<String, List<Exemption>> sources() {
        return new TreeMap<>(sources);
    }

    /** How many networks are exempt or taken out again, each once, whoever names it. */
    public int size() {
        return networks.size();
    }

    /** Whether a network decides on a sender, this way or that, so that no allowlist is asked. */
    public boolean isDecidedByNetwork(Origin origin) {
        return networks.findLongestMatch(origin) != null;
    }

    /** Why a sender is never listed, as the end of a sentence; empty when it may be. */
    Optional<String> findReason(Origin origin) {
        Exemption network = networks.findLongestMatch(origin);
        return network != null && network.exempt()
                ? Optional.of(network.description())
                : Optional.ofNullable(askAllowlist(origin, network));
    }

    /** Whether it is not known if a sender may be listed, as its allowlist did not answer. */
    boolean isUnanswered(Origin origin) {
        return allowlist.isUnanswered(origin) && !isDecidedByNetwork(origin);
    }

    /**
     * Whether any exempt network lies in this one or around it, even if a smaller part of that is taken out again, or the
     * allowlist has any address of it.
     *
     * @param network of IPv4, and a small one, as each of its addresses is asked for
     */
    boolean overlaps(IpNetwork network) {
        Exemption.Allowlist list = allowlist;
        return networks.overlaps(network)
                || list != EMPTY_ALLOWLIST
                        && LongStream.range(0, 1L << (Integer.SIZE - network.prefixLength()))
                                .mapToObj(
                                        host -> new Origin(false, network.base().bits() + host))
                                .anyMatch(origin -> list.findReason(origin) != null);
    }

    private @Nullable String askAllowlist(Origin origin, @Nullable Exemption network) {
        return network == null ? allowlist.findReason(origin) : null;
    }
}
