package org.decoymx.policy;

import io.netty.util.NetUtil;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.decoymx.ledger.Score;
import org.decoymx.ledger.Sender;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Ending;
import org.decoymx.smtp.protocol.Notes;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;

/** Sessions that a policy is to weigh. */
final class Session {
    private Session() {}

    static Sighting of(String address, Instant at, Verb deepest, int protectedRecipients, Set<Trait> traits) {
        int recipients = protectedRecipients + (traits.contains(Trait.RELAY_PROBE) ? 1 : 0);
        Notes notes = new Notes(deepest, traits, "", "", recipients, protectedRecipients, false);
        return new Sighting(
                1,
                Objects.requireNonNull(NetUtil.createInetAddressFromIpAddressString(address)),
                at,
                notes,
                Ending.QUIT);
    }

    /** A complete conversation for a protected recipient. */
    static Sighting complete(String address, Instant at) {
        return of(address, at, Verb.DATA, 1, EnumSet.noneOf(Trait.class));
    }

    /** The sender as it is known after a session more, seen by the one node there is. */
    static Sender after(Policy policy, Sender before, Sighting sighting) {
        var worth = policy.weigh(sighting);
        boolean counts = worth.points() > 0 && worth.waiver() == null;
        Score score = counts ? policy.add(before, before.latest(), worth.points(), sighting.at()) : before.latest();
        return new Sender(
                before.origin(),
                before.firstSeen(),
                sighting.at(),
                before.sessions() + 1,
                before.conversations() + (sighting.isCaught() ? 1 : 0),
                sighting.traits(),
                worth.waiver() == null ? before.waivers() : EnumSet.of(worth.waiver()),
                List.of(score));
    }
}
