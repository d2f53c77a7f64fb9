package org.decoymx.policy;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.PrefixMap;
import org.jspecify.annotations.Nullable;

/**
 * The exemptions of all sources: networks and an allowlist. The longest matching prefix decides; of two equal networks
 * the negated one decides. The allowlist is used only if no network matches. Thread-safe.
 */
public final class ExemptNetworks {
    private static final Exemption.Allowlist EMPTY_ALLOWLIST = origin -> null;

    private final SortedMap<String, List<Exemption>> sources = new TreeMap<>();
    private volatile PrefixMap<Exemption> networks = combine(List.of());
    private volatile Exemption.Allowlist allowlist = EMPTY_ALLOWLIST;
    private volatile BooleanSupplier completeness = () -> true;
    private volatile Runnable onChange = () -> {};

    /**
     * Replaces the exemptions of a source.
     *
     * @param source its name, for example "/etc/decoymx/exempt.txt"
     * @param exemptions all exemptions that the source has now
     * @return whether anything changed; if so, the listener was called
     */
    public synchronized boolean replaceSource(String source, Collection<Exemption> exemptions) {
        List<Exemption> latest = List.copyOf(exemptions);
        List<Exemption> previous = latest.isEmpty() ? sources.remove(source) : sources.put(source, latest);
        boolean changed = !latest.equals(previous == null ? List.of() : previous);
        if (changed) {
            networks = combine(sources.values());
            onChange.run();
        }
        return changed;
    }

    static PrefixMap<Exemption> combine(Collection<List<Exemption>> sources) {
        return PrefixMap.of(
                sources.stream().flatMap(List::stream).toList(), Exemption::network, ExemptNetworks::preferNegated);
    }

    /** Of two exemptions of the same network, the negated one wins; otherwise the first. */
    private static Exemption preferNegated(Exemption one, Exemption other) {
        return one.exempt() && !other.exempt() ? other : one;
    }

    /** Sets what is called after each change, as listed senders must then be evaluated again; it must not block. */
    public void onChange(Runnable listener) {
        onChange = listener;
    }

    /** Sets the allowlist that is used if no network matches. */
    public void setAllowlist(Exemption.Allowlist list) {
        allowlist = list;
    }

    /** Sets what says whether all networks that shall be exempt are known. */
    public void setCompleteness(BooleanSupplier supplier) {
        completeness = supplier;
    }

    /** Whether all networks that shall be exempt are known; until then nobody may be listed. */
    public boolean isComplete() {
        return completeness.getAsBoolean();
    }

    /** The exemptions of each source. */
    public synchronized SortedMap<String, List<Exemption>> sources() {
        return new TreeMap<>(sources);
    }

    /** The number of distinct networks of all sources, exempt or negated. */
    public int size() {
        return networks.size();
    }

    /** Whether an exempt or negated network matches a sender, so that the allowlist is not used. */
    public boolean isDecidedByNetwork(IpPrefix origin) {
        return networks.findLongestMatch(origin) != null;
    }

    /** Why a sender is exempt, as the end of a sentence; empty if it is not. */
    Optional<String> findReason(IpPrefix origin) {
        Exemption network = networks.findLongestMatch(origin);
        return network != null && network.exempt()
                ? Optional.of(network.description())
                : Optional.ofNullable(askAllowlist(origin, network));
    }

    /** Whether the allowlist decides on a sender, and did not answer. */
    boolean isUnanswered(IpPrefix origin) {
        return allowlist.isUnanswered(origin) && !isDecidedByNetwork(origin);
    }

    /**
     * Whether any exempt network overlaps this one, even if a part of that is negated, or the allowlist has an address
     * of it.
     *
     * @param network an IPv6 /64, or an IPv4 network; it must be small, as the allowlist is queried for each address
     */
    boolean overlaps(IpPrefix network) {
        Exemption.Allowlist list = allowlist;
        return networks.anyOverlapMatches(network, Exemption::exempt)
                || list != EMPTY_ALLOWLIST && (network.v6() ? list.findReason(network) != null : hasAddressOf(network));
    }

    private boolean hasAddressOf(IpPrefix v4) {
        Exemption.Allowlist list = allowlist;
        return LongStream.range(0, 1L << (Integer.SIZE - v4.prefixLength()))
                .mapToObj(host -> IpPrefix.ofBits(false, v4.bits() + host))
                .anyMatch(origin -> list.findReason(origin) != null);
    }

    private @Nullable String askAllowlist(IpPrefix origin, @Nullable Exemption network) {
        return network == null ? allowlist.findReason(origin) : null;
    }
}
