package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.DeliveryAttempts.ExcusedCatch;
import org.decoymx.sighting.CaughtEnvelopes;
import org.jspecify.annotations.Nullable;

/** Compares with a model that keeps all visits in a list. */
class DeliveryAttemptsProperties {
    private static final long START = 1_800_000_000;
    private static final long RECIPIENTS = 3;
    private static final List<IpPrefix> CLIENTS = Stream.of(
                    "192.0.2.1", "192.0.2.200", "192.0.3.1", "2001:db8::1", "2001:db8:0:1::1")
            .map(text -> IpText.parseHostNetwork(text).orElseThrow())
            .toList();

    /** A message of a sender to a recipient at one time, at a primary or at the decoy. */
    record Message(
            IpPrefix client,
            long at,
            long sender,
            long recipient,
            boolean envelopeKnown,
            @Nullable VisitResult result) {

        long envelope() {
            return 1_000 + sender * RECIPIENTS + recipient;
        }

        PrimaryAttempt visit() {
            return new PrimaryAttempt(client, at, recipient, envelopeKnown ? envelope() : 0, result);
        }

        /** To this recipient and, of odd ones, to another one. */
        CaughtEnvelopes caught() {
            LongArrayList envelopes = new LongArrayList();
            LongArrayList recipients = new LongArrayList();
            for (long i = 0; i <= sender % 2; i++) {
                long to = 1 + (recipient + i) % (RECIPIENTS - 1);
                recipients.add(to);
                envelopes.add(1_000 + sender * RECIPIENTS + to);
            }
            return new CaughtEnvelopes(
                    at, envelopes, recipients, Collections.nCopies(envelopes.size(), "example.org"), false);
        }
    }

    private static boolean isSameNetwork(IpPrefix one, IpPrefix other) {
        return EnvelopeHolders.isSameNetwork(one, other);
    }

    private static boolean isFinal(PrimaryAttempt visit) {
        return visit.result() == VisitResult.ACCEPTED || visit.result() == VisitResult.REJECTED;
    }

    private static boolean concerns(PrimaryAttempt visit, IpPrefix sender, CaughtEnvelopes caught) {
        if (visit.result() == null || visit.recipient() == 0) {
            return visit.client().equals(sender);
        }
        return visit.envelope() != 0 && caught.hashes().contains(visit.envelope())
                || isSameNetwork(visit.client(), sender)
                        && caught.recipientHashes().contains(visit.recipient());
    }

    private static boolean excuses(List<PrimaryAttempt> all, PrimaryAttempt visit, IpPrefix sender, CaughtEnvelopes c) {
        if (isFinal(visit) || !concerns(visit, sender, c)) {
            return false;
        }
        boolean addressOnly = visit.result() == null || visit.recipient() == 0;
        boolean asked = !addressOnly && visit.result() == VisitResult.ASKED;
        long age = c.at() - visit.at();
        if (age > (addressOnly ? 900 : 3_600) || age < (asked ? 0 : -10)) {
            return false;
        }
        return addressOnly
                || visit.envelope() == 0
                || all.stream()
                        .noneMatch(other -> isFinal(other)
                                && other.envelope() == visit.envelope()
                                && isSameNetwork(other.client(), visit.client())
                                && other.at() <= c.at()
                                && other.at() >= (asked ? visit.at() - 300 : visit.at() + 1));
    }

    /** Records visits, each when it is known, and returns the time of the latest. */
    private static long recordAll(DeliveryAttempts attempts, List<PrimaryAttempt> visits) {
        long latest = START;
        for (PrimaryAttempt visit : visits) {
            latest = Math.max(latest, visit.at());
            attempts.recordVisit(visit, latest);
        }
        return latest;
    }

    /** Catches not more than ten minutes before the latest visit are judged exactly, with visits in any order. */
    @Property
    void catches_areExcusedAsInTheModel(
            @ForAll("messages") @Size(max = 60) List<Message> visits,
            @ForAll("messages") @Size(max = 20) List<Message> caught) {
        DeliveryAttempts attempts = new DeliveryAttempts(START, 1_024);
        List<PrimaryAttempt> all = visits.stream().map(Message::visit).toList();
        long latest = recordAll(attempts, all);
        for (Message message : caught) {
            CaughtEnvelopes transaction = message.caught();
            boolean excused = all.stream().anyMatch(v -> excuses(all, v, message.client(), transaction));
            if (transaction.at() >= latest - 600) {
                assertThat(attempts.findCounted(message.client(), List.of(transaction)))
                        .isEqualTo(excused ? List.of() : List.of(transaction));
            }
        }
    }

    /** A visit that is reported late excuses the same catches as if it had been reported in time. */
    @Property
    void lateVisits_excuseTheSameCatches(
            @ForAll("messages") @Size(max = 30) List<Message> visits,
            @ForAll("messages") @Size(max = 20) List<Message> caught) {
        DeliveryAttempts attempts = new DeliveryAttempts(START, 1_024);
        caught.forEach(message -> attempts.recordCatch(message.client(), message.client(), message.caught()));
        List<PrimaryAttempt> all = visits.stream().map(Message::visit).toList();
        long latest = recordAll(attempts, all);
        Set<ExcusedCatch> expected = new HashSet<>();
        for (Message message : caught) {
            if (all.stream().anyMatch(v -> excuses(all, v, message.client(), message.caught()))) {
                expected.add(new ExcusedCatch(message.client(), message.at()));
            }
        }
        List<ExcusedCatch> found = new ArrayList<>(attempts.findExcused(all));
        found.removeIf(each -> each.at() < latest - 600);
        expected.removeIf(each -> each.at() < latest - 600);
        assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Provide
    Arbitrary<List<Message>> messages() {
        return Combinators.combine(
                        Arbitraries.of(CLIENTS),
                        Arbitraries.longs().between(0, 9_000).map(second -> START + second),
                        Arbitraries.longs().between(0, 3),
                        Arbitraries.longs().between(0, RECIPIENTS - 1),
                        Arbitraries.of(true, true, false),
                        Arbitraries.of(VisitResult.class).injectNull(0.2))
                .as(Message::new)
                .list();
    }
}
