package org.decoymx.postfix;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.RejectMessage;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.HourCounts;
import org.decoymx.policy.HourCounts.Counted;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.Tier;
import org.decoymx.policy.VisitVerdict;

/** Finds the Postfix action for a client in the blocklist, and counts the lookups. */
public final class PostfixLookup {
    /** What Postfix may be told to do with a listed client; see access(5). */
    public static final List<String> ACTIONS = List.of("REJECT", "DEFER", "DEFER_IF_PERMIT", "PREPEND", "DUNNO");

    private static final String DEFER = "DEFER 4.7.1 ";

    private final PostfixAction action;
    private final RejectMessage rejectMessage;
    private final HourCounts hours;
    private final Clock clock;
    private final LongAdder listedCount = new LongAdder();
    private final LongAdder unlistedCount = new LongAdder();
    private final LongAdder[] actionCounts =
            Stream.generate(LongAdder::new).limit(ACTIONS.size()).toArray(LongAdder[]::new);

    /**
     * @param hours counts the answers that refuse or defer
     */
    PostfixLookup(PostfixAction action, RejectMessage rejectMessage, HourCounts hours, Clock clock) {
        this.action = action;
        this.rejectMessage = rejectMessage;
        this.hours = hours;
        this.clock = clock;
    }

    /**
     * The action for a client in the syntax of access(5); empty if it is not listed or not an address.
     *
     * @param client its address, or any other lookup key
     */
    Optional<String> findAction(String client, Blocklist blocklist) {
        return IpText.parseAddress(client).flatMap(address -> findAction(address, blocklist));
    }

    private Optional<String> findAction(IpPrefix address, Blocklist blocklist) {
        Optional<Blocklist.BlocklistEntry> entry = findEntry(address, blocklist);
        return entry.map(found -> withReason(action.forTier(found.tier()), address, found, blocklist.mode()));
    }

    private String withReason(PostfixAction taken, IpPrefix address, Blocklist.BlocklistEntry entry, PolicyMode mode) {
        if (taken == PostfixAction.REJECT) {
            count(Counted.REFUSED);
        } else if (taken == PostfixAction.DEFER_IF_PERMIT) {
            count(Counted.DEFERRED);
        }
        boolean defers = action == PostfixAction.GRADUATED && taken == PostfixAction.DEFER_IF_PERMIT;
        return taken.withReason(
                defers
                        ? rejectMessage.formatDeferral(address.toString(), entry, mode)
                        : rejectMessage.format(address.toString(), entry, mode));
    }

    /** The entry of a client, and counts the lookup. */
    Optional<Blocklist.BlocklistEntry> findEntry(IpPrefix client, Blocklist blocklist) {
        Optional<Blocklist.BlocklistEntry> entry = blocklist.findEntry(client);
        (entry.isPresent() ? listedCount : unlistedCount).increment();
        return entry;
    }

    /**
     * The action for a listed client.
     *
     * @param verdict what its trust state says; not {@link VisitVerdict#DUNNO}
     */
    String actionFor(VisitVerdict verdict, String address, Blocklist.BlocklistEntry entry, PolicyMode mode) {
        Tier tier = verdict == VisitVerdict.REJECT ? Tier.CONFIRMED : Tier.SUSPECT;
        return withReason(action.forTier(tier), IpText.parseAddress(address).orElseThrow(), entry, mode);
    }

    /**
     * The action for a confirmed sender that is still deferred. It is rejected later if it gives up on that, so it must
     * really get the deferral, and not the 550 of a later restriction.
     */
    String deferralOfConfirmed(String address, Blocklist.BlocklistEntry entry, PolicyMode mode) {
        if (action != PostfixAction.GRADUATED) {
            return actionFor(VisitVerdict.DEFER, address, entry, mode);
        }
        count(Counted.DEFERRED);
        return DEFER + rejectMessage.formatDeferral(address, entry, mode);
    }

    private void count(Counted answer) {
        hours.add(answer, clock.instant().getEpochSecond());
    }

    PostfixAction configuredAction() {
        return action;
    }

    /** The number of lookups of listed clients. */
    public long listedCount() {
        return listedCount.sum();
    }

    /** The number of lookups of clients that are not listed. */
    public long unlistedCount() {
        return unlistedCount.sum();
    }

    /** Counts an action with its reason that Postfix gets for a listed client, and returns it. */
    String counted(String action) {
        int space = action.indexOf(' ');
        int index = ACTIONS.indexOf(space < 0 ? action : action.substring(0, space));
        if (index >= 0) {
            actionCounts[index].increment();
        }
        return action;
    }

    /**
     * How often Postfix was told to do something with a listed client.
     *
     * @param action one of {@link #ACTIONS}
     */
    public long actionCount(String action) {
        return actionCounts[ACTIONS.indexOf(action)].sum();
    }
}
