package org.decoymx.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.decoymx.smtp.protocol.Trait;

/**
 * Why a sender is listed, as it stood when it was judged.
 *
 * @param points what it had against it when it was last given some
 * @param offences how often it was listed anew, this time included
 * @param conversations how many it completed: up to DATA, for a protected recipient
 * @param traits what was noted of it
 */
public record ListingReason(double points, int offences, long conversations, Set<Trait> traits) {

    /** Why in words, each a sentence; at least one. Nothing in them comes from the sender, and none is longer than a line. */
    public List<String> sentences() {
        List<String> words = new ArrayList<>();
        words.add(
                conversations == 0
                        ? "It came to the decoy MX, but never completed a conversation for a protected recipient."
                        : "It came to the decoy MX and completed a conversation for a protected recipient, "
                                + formatCount(conversations) + ".");
        traitSentence(traits).ifPresent(words::add);
        relistingSentence(offences).ifPresent(words::add);
        return words;
    }

    /** What was noted of a sender, if anything. */
    static Optional<String> traitSentence(Set<Trait> traits) {
        return traits.isEmpty()
                ? Optional.empty()
                : Optional.of(traits.stream()
                        .map(trait -> "it " + trait.description())
                        .collect(Collectors.joining(", ", "Also noted: ", ".")));
    }

    /** How often a sender was listed before, if it was. */
    static Optional<String> relistingSentence(int offences) {
        return offences <= 1
                ? Optional.empty()
                : Optional.of(
                        "It was listed " + formatCount(offences - 1) + " before, and is listed for longer each time.");
    }

    static String formatCount(long count) {
        return count == 1 ? "once" : count + " times";
    }
}
