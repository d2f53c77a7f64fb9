package org.decoymx.policy;

import io.netty.util.NetUtil;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;

/** Sessions for the tests of the policy. */
final class SessionFixtures {
    private SessionFixtures() {}

    static Sighting of(String address, Instant at, Verb deepest, int protectedRecipients, Set<Trait> traits) {
        int recipients = protectedRecipients + (traits.contains(Trait.RELAY_PROBE) ? 1 : 0);
        SessionFacts facts = new SessionFacts(deepest, traits, "", "", recipients, protectedRecipients, false);
        return new Sighting(
                1,
                Objects.requireNonNull(NetUtil.createInetAddressFromIpAddressString(address)),
                at,
                facts,
                Outcome.QUIT,
                List.of());
    }

    /** A complete conversation for a protected recipient. */
    static Sighting complete(String address, Instant at) {
        return of(address, at, Verb.DATA, 1, EnumSet.noneOf(Trait.class));
    }

    /** The result for the first session of a sender. */
    static SightingScore score(Policy policy, Sighting sighting) {
        IpPrefix origin = IpPrefix.hostNetworkOf(sighting.address());
        Instant at = sighting.seenAt();
        Sender unknown = new Sender(origin, at, at, 0, 0, Set.of(), Set.of(), List.of(SenderScore.NONE));
        return policy.score(sighting, 0, unknown, SenderScore.NONE);
    }

    /** The sender after one more session, with a single node. */
    static Sender after(Policy policy, Sender before, Sighting sighting) {
        SightingScore scored = policy.score(sighting, 0, before, before.latestScore());
        return new Sender(
                before.origin(),
                before.firstSeen(),
                sighting.seenAt(),
                before.sessions() + 1,
                before.conversations() + (sighting.isQualifyingConversation() ? 1 : 0),
                sighting.traits(),
                scored.skipReason() == null ? before.skipReasons() : EnumSet.of(scored.skipReason()),
                List.of(scored.score()));
    }
}
