package org.decoymx.bench;

import it.unimi.dsi.fastutil.doubles.DoubleArrayList;
import java.util.Locale;
import org.decoymx.bench.GoodSenders.Kind;

/** What became of the messages of good senders. */
final class MailDelays {
    private final DoubleArrayList delays = new DoubleArrayList();
    private int rejected;
    private int lost;
    private int longLate;

    /**
     * Percentages of all messages, and minutes.
     *
     * @param late accepted later than at the first attempt
     * @param longLate put off by the list for more than one interval of the sender's schedule
     */
    record Totals(double rejected, double lost, double late, double longLate, double p95, double longest) {

        String row(Kind kind) {
            return String.format(
                    Locale.ROOT,
                    "%-40s %-16s %8.1f %6.1f %6.1f %6s %8.1f %7.0f %7.0f",
                    kind.name(),
                    kind.schedule().name(),
                    rejected,
                    lost,
                    late,
                    kind.modelLate() < 0 ? "-" : String.format(Locale.ROOT, "%.1f", kind.modelLate()),
                    longLate,
                    p95,
                    longest);
        }
    }

    static String header() {
        return String.format(
                Locale.ROOT,
                "%-40s %-16s %8s %6s %6s %6s %8s %7s %7s",
                "good senders, % of messages",
                "",
                "rejected",
                "lost",
                "late",
                "model",
                "longLate",
                "p95 min",
                "max min");
    }

    /** Adds a message that was accepted, with its delay in seconds. */
    void addAccepted(double delay, boolean isLongLate) {
        delays.add(delay);
        longLate += isLongLate ? 1 : 0;
    }

    void addRejected() {
        rejected++;
    }

    /** Adds a message that the sender gave up. */
    void addLost() {
        lost++;
    }

    Totals totals(int messages) {
        delays.sort(null);
        long late = delays.doubleStream().filter(d -> d > 0).count();
        double percent = 100.0 / messages;
        return new Totals(
                rejected * percent, lost * percent, late * percent, longLate * percent, delay(0.95), delay(1));
    }

    private double delay(double fraction) {
        return delays.isEmpty()
                ? 0
                : delays.getDouble(Math.min(delays.size() - 1, (int) (fraction * delays.size()))) / 60;
    }
}
