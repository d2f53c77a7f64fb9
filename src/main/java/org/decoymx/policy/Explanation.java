package org.decoymx.policy;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.decoymx.net.IpText;
import org.jspecify.annotations.Nullable;

/**
 * Explains a verdict in sentences that a help desk can read to a customer: what was done, when, until when that has a
 * consequence, and what happens next. They contain no text that the sender controls.
 */
final class Explanation {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd 'at' HH:mm 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final double threshold;
    private final SiteTexts site;
    private final Sender sender;
    private final double points;
    private final TrustState state;
    private final @Nullable ManualDecision decision;
    private final Instant now;
    private final List<String> reasons = new ArrayList<>();

    /**
     * @param points the points of the sender now, after decay
     * @param state {@link TrustState#UNKNOWN} if it was never caught
     * @param decision the latest decision by hand; null if there is none
     */
    Explanation(
            double threshold,
            SiteTexts site,
            Sender sender,
            double points,
            TrustState state,
            @Nullable ManualDecision decision,
            Instant now) {
        this.threshold = threshold;
        this.site = site;
        this.sender = sender;
        this.points = points;
        this.state = state;
        this.decision = decision;
        this.now = now;
    }

    /** The verdict on a sender that is listed and not exempt. */
    Verdict explainListed(Listing listing) {
        String until = until(listing.until());
        // also by hand, a network is never confirmed: it has other addresses
        Tier tier = sender.origin().isAddress() ? listing.tier() : Tier.SUSPECT;
        if (listing.byHand()) {
            boolean rejected = tier == Tier.CONFIRMED;
            reasons.add(
                    "On " + at(listing.since()) + " " + subject() + " was listed by hand" + reasonOf(listing) + ".");
            reasons.add(
                    "Mail from it is " + (rejected ? "rejected" : "deferred, not rejected,") + " until " + until + ".");
        } else {
            reasons.add("On " + at(listing.since()) + " " + subject() + " offered " + site.mail() + " to "
                    + site.trapServer() + ", which proper mail servers use only when our real one does not answer.");
            addNextStep(tier, until);
        }
        addSightings();
        if (sender.latestScore().offences() > 1) {
            reasons.add("It was listed "
                    + ListingReason.formatCount(sender.latestScore().offences() - 1) + " before.");
        }
        addDetails();
        return listed(tier, listing.since(), listing.until());
    }

    /**
     * The verdict on a sender that is not listed itself, but its network is.
     *
     * @param network its text form
     * @param byHand whether the network was listed by hand
     */
    Verdict explainNeighbor(String network, Instant start, Instant end, boolean byHand) {
        long since = start.getEpochSecond();
        long until = end.getEpochSecond();
        if (byHand) {
            reasons.add("Its network " + network + " was listed by hand since " + until(since)
                    + "; mail from it is deferred, not rejected, until " + until(until) + ".");
        } else {
            addNeighbors(network, since, until);
        }
        addSightings();
        addDetails();
        return listed(Tier.SUSPECT, since, until);
    }

    private void addNeighbors(String network, long since, long until) {
        reasons.add("Other addresses in its network " + network + " offered mail to " + site.trapServer()
                + ", so the whole network is listed since " + until(since) + "; this address is only their neighbor.");
        addNextStep(Tier.SUSPECT, until(until));
    }

    private void addNextStep(Tier tier, String until) {
        if (tier == Tier.CONFIRMED) {
            reasons.add("Since then it offered other mail, and never tried again what was deferred, as mail servers do."
                    + " Mail from it is rejected until " + until + ", at our real server once it has given up on what"
                    + " was deferred there; what is tried again there is accepted later, and this ends then.");
        } else {
            String proof = state.listing().relapses() > 0
                    ? "it retries, some time later, what our real server itself has deferred"
                    : "it retries at our real server, as mail servers do";
            reasons.add("Mail from it is deferred, not rejected, until " + until + " or until " + proof + ".");
        }
    }

    /** The verdict on a sender that is listed as soon as something else holds, too; {@code obstacle} says what. */
    Verdict explainNotYet(Listing listing, String obstacle) {
        reasons.add("On " + at(listing.since()) + " " + subject() + " offered " + site.mail() + " to "
                + site.trapServer() + ". " + obstacle);
        addSightings();
        addDetails();
        return new Verdict.NotListed(false, Tier.NONE, finish(Tier.NONE));
    }

    private Verdict listed(Tier tier, long since, long until) {
        return new Verdict.Listed(tier, Instant.ofEpochSecond(since), Instant.ofEpochSecond(until), finish(tier));
    }

    /**
     * The verdict on a sender that is neither listed nor exempt.
     *
     * @param visits when it was seen at a primary MX
     */
    Verdict explainNotListed(Optional<PrimaryVisits.VisitPeriod> visits) {
        Tier tier = state.tierAt(now.getEpochSecond());
        if (tier == Tier.CLEARED) {
            addCleared();
        } else {
            addEnded();
        }
        addSightings();
        boolean counted = sender.conversations() > 0 && tier == Tier.NONE;
        if (counted && reasons.size() == 1 && Double.parseDouble(format(points)) < threshold) {
            reasons.add("It has " + format(points) + " points; a sender is listed at " + format(threshold) + ".");
        }
        addDetails();
        visits.ifPresent(period -> reasons.add("It was seen at our real server, from "
                + until(period.first().getEpochSecond()) + " to "
                + until(period.last().getEpochSecond()) + "."));
        return new Verdict.NotListed(false, tier, finish(tier));
    }

    private void addCleared() {
        String until = until(state.tierEndsAt(now.getEpochSecond()));
        if (state.isSetByHand(now.getEpochSecond())) {
            Listing byHand = state.listing();
            reasons.add("On " + at(byHand.since()) + " it was decided by hand that " + subject() + " is not listed"
                    + reasonOf(byHand) + ". This ends on " + until + ".");
        } else {
            reasons.add("On " + at(state.proof().clearedSince()) + " "
                    + returner(state.proof().clearedSince(), subject())
                    + " tried again at our real server what had been deferred, as mail servers do. So it is not listed,"
                    + " whatever it offers to " + site.trapServer() + ", until " + until + ".");
        }
    }

    /** Why a sender that was listed is no longer. */
    private void addEnded() {
        SenderScore score = sender.latestScore();
        Listing last = state.isUnknown()
                ? new Listing(Tier.NONE, score.listedSince(), score.listedUntil(), 0, false)
                : state.listing();
        long caughtLast = Math.max(last.since(), state.firstCaughtAt());
        if (decision != null && decision.isForgotten() && decision.at() >= caughtLast) {
            reasons.add("On " + at(decision.at()) + " it was taken off the list by hand" + decision.reasonAfterColon()
                    + ". What it did before does not count any more.");
        } else if (last.until() > 0) {
            reasons.add("It was listed" + (last.byHand() ? " by hand" + reasonOf(last) + ", from " : " from ")
                    + until(last.since()) + " to " + until(last.until()) + ".");
        } else if (state.proof().lastReturnAt() > 0 && !state.isUncaught()) {
            reasons.add("On " + at(state.proof().lastReturnAt()) + " "
                    + returner(state.proof().lastReturnAt(), "it")
                    + " tried again what had been deferred, as mail servers do;"
                    + " so it is not listed.");
        }
    }

    /** Who tried again at a time: of later returns than that which cleared the sender, this is not known. */
    private String returner(long at, String subject) {
        String neighbor = "another address in its network";
        boolean isKnown = at == state.proof().clearedSince();
        return !isKnown ? subject + ", or " + neighbor + "," : state.proof().byNeighbor() ? neighbor : subject;
    }

    private void addSightings() {
        String last = "it was last seen on " + at(sender.lastSeen().getEpochSecond());
        if (sender.sessions() == 0) {
            reasons.add("It was never seen here.");
        } else if (sender.conversations() == 0) {
            reasons.add("It came to our trap server, but never completed a conversation for a protected recipient, and"
                    + " only that counts; " + last + ".");
        } else {
            reasons.add("It completed a conversation for a protected recipient, "
                    + ListingReason.countConversations(sender) + "; " + last + ".");
        }
    }

    private void addDetails() {
        ListingReason.traitSentence(sender.traits()).ifPresent(reasons::add);
        addSkipReasons();
    }

    private void addSkipReasons() {
        sender.skipReasons().forEach(reason -> reasons.add(ListingReason.skipSentence(reason)));
    }

    private List<String> finish(Tier tier) {
        String contact = site.contact().format(IpText.print(sender.origin()), tier);
        if (!contact.isEmpty()) {
            reasons.add(contact);
        }
        return List.copyOf(reasons);
    }

    private String subject() {
        String text = sender.origin().toString();
        return text.indexOf('/') < 0 ? "this address" : "an address in " + text;
    }

    private String reasonOf(Listing byHand) {
        return decision != null && decision.at() == byHand.since() ? decision.reasonAfterColon() : "";
    }

    private static String at(long second) {
        return TIME.format(Instant.ofEpochSecond(second));
    }

    private static String until(long second) {
        return at(second).replace(" at ", " ");
    }

    private static String format(double value) {
        return new DecimalFormat("0.#", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
    }
}
