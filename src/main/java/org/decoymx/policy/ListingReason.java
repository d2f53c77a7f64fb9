package org.decoymx.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.decoymx.smtp.protocol.Trait;

/**
 * Why a sender is listed, at the time of its last evaluation.
 *
 * @param points its points when points were last added
 * @param offences how often it was listed, including this time
 * @param conversations number of complete conversations: up to DATA, for a protected recipient
 * @param traits the traits of its sessions
 */
public record ListingReason(double points, int offences, long conversations, Set<Trait> traits) {

    /** At least one sentence, each on one line. They contain no text that the sender controls. */
    public List<String> sentences() {
        if (conversations == 0 && points == 0 && offences == 0 && traits.isEmpty()) {
            return List.of("It was listed by hand.");
        }
        List<String> sentences = new ArrayList<>();
        sentences.add(
                conversations == 0
                        ? "It came to the decoy MX, but never completed a conversation for a protected recipient."
                        : "It came to the decoy MX and completed a conversation for a protected recipient, "
                                + formatCount(conversations) + ".");
        traitSentence(traits).ifPresent(sentences::add);
        relistingSentence(offences).ifPresent(sentences::add);
        return sentences;
    }

    /** Names the traits of a sender; empty if it has none. */
    static Optional<String> traitSentence(Set<Trait> traits) {
        return traits.isEmpty()
                ? Optional.empty()
                : Optional.of(traits.stream()
                        .map(trait -> "it " + trait.description())
                        .collect(Collectors.joining(", ", "Also noted: ", ".")));
    }

    /** Says how often a sender was listed before; empty for the first time. */
    static Optional<String> relistingSentence(int offences) {
        return offences <= 1
                ? Optional.empty()
                : Optional.of(
                        "It was listed " + formatCount(offences - 1) + " before, and is listed for longer each time.");
    }

    /** Says why some sessions of a sender do not count. */
    static String skipSentence(SkipReason reason) {
        String cause =
                switch (reason) {
                    case EXEMPT -> "its address was exempt";
                    case WITNESSED -> "a primary MX had just put it off, with the same recipient or the same message";
                    case OUTAGE -> "a primary MX was down";
                    case UNANSWERED -> "an allowlist did not answer";
                    case NOT_WORST_MX -> "DNS did not say that the decoy is the worst MX of a recipient's domain";
                    case SPF_UNKNOWN -> "the SPF records of known good senders had not been found yet";
                    case KNOWN -> "a primary MX had accepted its mail on many days before";
                };
        return "Some of its sessions were not scored because " + cause + ".";
    }

    /** How often a sender completed a conversation, and where if that were several nodes. */
    static String countConversations(Sender sender) {
        String places = sender.caughtBy() > 1 ? " at " + sender.caughtBy() + " trap servers" : "";
        return formatCount(sender.conversations()) + places;
    }

    static String formatCount(long count) {
        return count == 1 ? "once" : count + " times";
    }
}
