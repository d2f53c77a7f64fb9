package org.decoymx.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.Sender;

/**
 * Decides who is listed. One complete conversation, up to DATA, for a protected recipient lists a sender for a time;
 * an exempt sender is never listed.
 */
public final class Policy {
    private final boolean trial;
    private final Duration ttl;
    private final List<Network> exempt;

    /**
     * @param trial whether nobody is exempt, so that a newcomer sees it work on one machine
     * @param ttl how long a sender is listed
     * @param exempt who is never listed outside trial mode
     */
    public Policy(boolean trial, Duration ttl, List<Network> exempt) {
        this.trial = trial;
        this.ttl = ttl;
        this.exempt = List.copyOf(exempt);
    }

    /** Whether the decoy is on trial: every recipient counts, and private addresses are listed. */
    public boolean isTrial() {
        return trial;
    }

    /** The verdict on a sender at a moment. */
    public Verdict judge(Sender sender, Instant now) {
        Optional<Verdict> exemption = exemption(sender.origin());
        if (exemption.isPresent()) {
            return exemption.get();
        }
        Instant caught = sender.caughtAt();
        if (caught == null) {
            return new Verdict.NotListed("It never completed a conversation for a protected recipient.");
        }
        Instant until = caught.plus(ttl);
        if (!now.isBefore(until)) {
            return new Verdict.NotListed("It was caught at " + caught + ", and its time on the list is over.");
        }
        return new Verdict.Listed(caught, until, reasons(sender, caught));
    }

    /** The verdict on an address that was never seen. */
    public Verdict judgeUnknown(Origin origin) {
        return exemption(origin).orElseGet(() -> new Verdict.NotListed("It was never seen here."));
    }

    private Optional<Verdict> exemption(Origin origin) {
        return trial
                ? Optional.empty()
                : exempt.stream()
                        .filter(network -> network.contains(origin))
                        .findFirst()
                        .map(network -> new Verdict.NotListed("Its address is exempt: " + network.name() + "."));
    }

    private static List<String> reasons(Sender sender, Instant caught) {
        List<String> reasons = new ArrayList<>();
        reasons.add("It came to the decoy MX and completed a conversation for a protected recipient, last at " + caught
                + ", " + sender.conversations() + " in all.");
        if (!sender.traits().isEmpty()) {
            reasons.add(sender.traits().stream()
                    .map(trait -> "it " + trait.words())
                    .collect(Collectors.joining(", ", "Also noted: ", ".")));
        }
        return reasons;
    }
}
