package org.decoymx.policy;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Which senders are in a listed tier, and which of them are published. */
final class ListingRules {
    private final TrustIndex trust;
    private final WaitingListings waiting;
    private final int minNodes;

    ListingRules(TrustIndex trust, WaitingListings waiting, int minNodes) {
        this.trust = trust;
        this.waiting = waiting;
        this.minNodes = minNodes;
    }

    /** How a sender is listed, exempt or not, published or not yet; not {@link Tier#isListed} if it is not. */
    Listing find(Sender sender, Instant now) {
        Listing listing = Listing.of(sender, sender.findState(trust), now);
        return listing.tierAt(now.getEpochSecond()).isListed() ? listing : Listing.NONE;
    }

    /** The same if it is published, exempt or not. */
    Listing findPublished(Sender sender, Instant now) {
        Listing listing = find(sender, now);
        return findObstacle(sender, listing, now) == null ? listing : Listing.NONE;
    }

    /** What keeps a listing from being published, in a sentence; null if nothing does. */
    @Nullable
    String findObstacle(Sender sender, Listing listing, Instant now) {
        if (listing.tier() == Tier.NONE) {
            return null;
        }
        if (minNodes > 1 && sender.caughtBy() < minNodes && !listing.byHand()) {
            return "It is listed as soon as " + minNodes
                    + " of our trap servers have caught it; until then, this does not count.";
        }
        return waiting.isWaiting(listing, now.getEpochSecond())
                ? "It is listed as soon as our real server is found to be up after that; if it is not, this does not"
                        + " count."
                : null;
    }

    /** Whether the first listing of a sender waits until the primary MX is known to be up. */
    boolean registerIfWaiting(Sender sender, Instant now) {
        Listing listing = find(sender, now);
        return listing.tier() != Tier.NONE && waiting.register(listing, now.getEpochSecond());
    }

    /** The tier of a sender, exempt or not; {@link Tier#NONE} while its listing is not published. */
    Tier tier(Sender sender, Instant now) {
        TrustState state = sender.findState(trust);
        Tier tier = state.isUncaught() ? Tier.NONE : state.tierAt(now.getEpochSecond());
        return tier == Tier.CLEARED ? tier : findPublished(sender, now).tier();
    }
}
