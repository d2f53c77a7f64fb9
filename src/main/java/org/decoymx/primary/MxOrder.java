package org.decoymx.primary;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.decoymx.dns.MxHost;
import org.decoymx.support.PrintableText;

/**
 * Where the decoy stands among the MX hosts of a domain. A good sender comes to it only after all others, so it must be
 * the worst, and there must be a better one. Several decoys may share the worst ranks.
 *
 * @param hosts the MX hosts; empty for the implicit MX, which is the domain itself
 * @param decoys names of the decoys, in lower case
 */
record MxOrder(List<MxHost> hosts, Set<String> decoys) {
    private static final int MAX_QUOTED_HOSTS = 8;
    private static final int MAX_LENGTH = 500;

    /** Whether no MX but a decoy is as bad as the best decoy or worse, and a better one exists. */
    boolean isDecoyWorst() {
        OptionalInt best = bestDecoy();
        return best.isPresent()
                && !betterHosts().isEmpty()
                && hosts.stream().allMatch(host -> host.preference() < best.getAsInt() || isDecoy(host));
    }

    /** The hosts that senders try before any decoy, the best first; empty if the decoy is no MX. */
    List<String> betterHosts() {
        OptionalInt best = bestDecoy();
        return hosts.stream()
                .filter(host -> best.isPresent() && host.preference() < best.getAsInt())
                .map(MxHost::name)
                .toList();
    }

    /** Those of the better hosts that can be monitored. */
    List<PrimaryHost> primaries() {
        return PrimaryHost.parseAll(betterHosts());
    }

    private OptionalInt bestDecoy() {
        return hosts.stream().filter(this::isDecoy).mapToInt(MxHost::preference).min();
    }

    private boolean isDecoy(MxHost host) {
        return decoys.contains(host.name());
    }

    /** What is wrong with the order, with the name that was looked for and what DNS has; empty if it is right. */
    Optional<String> problem() {
        if (isDecoyWorst()) {
            return Optional.empty();
        }
        String looked = decoys.stream().sorted().collect(Collectors.joining(" or "));
        String wrong;
        if (hosts.isEmpty()) {
            return Optional.of("no MX record, so that mail goes to the domain itself; expected " + looked
                    + " as the worst MX, and a better one");
        } else if (bestDecoy().isEmpty()) {
            wrong = "no MX is named " + looked;
        } else if (betterHosts().isEmpty()) {
            wrong = "no MX is better than " + looked;
        } else {
            wrong = "another MX is not better than " + looked;
        }
        return Optional.of(PrintableText.toAscii(wrong + "; DNS has " + quoteHosts(), MAX_LENGTH));
    }

    private String quoteHosts() {
        String quoted =
                hosts.stream().limit(MAX_QUOTED_HOSTS).map(MxHost::toString).collect(Collectors.joining(", "));
        return hosts.size() > MAX_QUOTED_HOSTS ? quoted + ", and more" : quoted;
    }
}
