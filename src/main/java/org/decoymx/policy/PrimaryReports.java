package org.decoymx.policy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.decoymx.net.IpPrefix;

/**
 * When each primary reported something: a question of the policy service, or lines of its log. Nobody is confirmed on
 * the word of one primary while another is silent, as the sender may have retried there. A report that comes from no
 * address of a primary (through NAT, or a host that collects logs) counts if there is at most one primary: with
 * several, nobody knows which one it came from. Such a report does not tell that all is reported to this node, so of
 * several nodes, each counts it only while it hears what is reported to the others; likewise where a primary has
 * several addresses, which may be those of several machines. Thread-safe.
 */
public final class PrimaryReports {
    /** Primaries that are known no more are kept for a while, as DNS may only have failed. */
    private static final int MAX_PRIMARIES = 64;

    /** The name with which {@link #shared} is stored. */
    private static final String SHARED = "*";

    private Map<String, Collection<IpPrefix>> primaries = Map.of();
    private final Map<String, ReportCoverage> byPrimary = new TreeMap<>();
    private ReportCoverage any = ReportCoverage.NONE;
    private ReportCoverage shared = ReportCoverage.NONE;
    private boolean isSharing;
    private volatile Consumer<PrimaryReport> listener = report -> {};

    /**
     * Sets which primaries there are.
     *
     * @param addresses the addresses of each primary by its name; none while they are not known
     */
    public synchronized void setPrimaries(Map<String, ? extends Collection<IpPrefix>> addresses) {
        primaries = Map.copyOf(addresses);
        // also those that never reported, so that they are known after a restart
        primaries.keySet().forEach(name -> byPrimary.putIfAbsent(name, ReportCoverage.NONE));
        if (byPrimary.size() > MAX_PRIMARIES) {
            byPrimary.keySet().retainAll(primaries.keySet());
        }
    }

    /**
     * Records a report.
     *
     * @param at seconds since 1970
     * @param sources the addresses that it may come from: that of the connection, and that of the server in the request
     */
    public synchronized void recordReport(long at, Collection<IpPrefix> sources) {
        any = any.withReport(at);
        primaries.forEach((name, addresses) -> {
            if (addresses.stream().anyMatch(address -> sources.stream().anyMatch(address::contains))) {
                byPrimary.merge(name, ReportCoverage.NONE.withReport(at), (known, first) -> known.withReport(at));
            }
        });
    }

    /**
     * Has what primaries report to this node passed on; not what other nodes have shared.
     *
     * @param newListener must not block
     */
    public void passTo(Consumer<PrimaryReport> newListener) {
        listener = newListener;
    }

    /** Passes on what a primary has reported. That other nodes learn it gives them no {@link #coverage}. */
    public void pass(PrimaryReport report) {
        listener.accept(report);
    }

    /** Other nodes share what primaries report to them from now on; see {@link #recordShared}. */
    public synchronized void startSharing() {
        isSharing = true;
    }

    /**
     * Records that this node knows all that was reported to the other nodes.
     *
     * @param at up to when, in seconds since 1970
     */
    public synchronized void recordShared(long at) {
        shared = shared.withReport(at);
    }

    /** Corrects times that were recorded while the clock was ahead. */
    public synchronized void limitTimes(TimeLimit limit) {
        any = any.limitedTo(limit);
        shared = shared.limitedTo(limit);
        byPrimary.replaceAll((name, coverage) -> coverage.limitedTo(limit));
    }

    /** When a return to any of the primaries could have been seen. */
    public synchronized ReportCoverage coverage() {
        if (!isSharing) {
            return reported();
        }
        return needsOthers() ? reported().and(shared) : ofAll();
    }

    /** When the primaries reported to this node, whether or not that is all that they report. */
    public synchronized ReportCoverage reported() {
        return names().size() <= 1 ? any : ofAll();
    }

    /** After a start, until DNS names them, those that were known before. */
    private Set<String> names() {
        return primaries.isEmpty() ? byPrimary.keySet() : primaries.keySet();
    }

    private ReportCoverage ofAll() {
        return names().stream()
                .map(name -> byPrimary.getOrDefault(name, ReportCoverage.NONE))
                .reduce(ReportCoverage::and)
                .orElse(ReportCoverage.NONE);
    }

    /** Unless each primary is one machine, and reports from its own address, as it must if there are several. */
    private boolean needsOthers() {
        long last = any.lastReportAt();
        return primaries.isEmpty()
                || !primaries.values().stream().allMatch(PrimaryReports::isOneMachine)
                || primaries.size() == 1 && !ofAll().isComplete(last, last);
    }

    private static boolean isOneMachine(Collection<IpPrefix> addresses) {
        long v6 = addresses.stream().filter(IpPrefix::v6).count();
        return !addresses.isEmpty() && v6 <= 1 && addresses.size() - v6 <= 1;
    }

    /** The time of the latest report; {@link Long#MIN_VALUE} if there was none. */
    public synchronized long lastReportAt() {
        return any.lastReportAt();
    }

    /** The compact form, to be kept over a restart. */
    public synchronized byte[] encode() {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(octets)) {
            write(out, "", any);
            if (shared.lastReportAt() != Long.MIN_VALUE) {
                write(out, SHARED, shared);
            }
            for (Map.Entry<String, ReportCoverage> primary : byPrimary.entrySet()) {
                write(out, primary.getKey(), primary.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return octets.toByteArray();
    }

    private static void write(DataOutputStream out, String name, ReportCoverage coverage) throws IOException {
        byte[] encoded = coverage.encode();
        out.writeUTF(name);
        out.writeShort(encoded.length);
        out.write(encoded);
    }

    /**
     * Continues with what {@link #encode} has written.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public synchronized void load(byte[] octets) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(octets))) {
            while (in.available() > 0) {
                String name = in.readUTF();
                ReportCoverage earlier = ReportCoverage.decode(in.readNBytes(in.readUnsignedShort()));
                if (name.isEmpty()) {
                    any = earlier.followedBy(any);
                } else if (name.equals(SHARED)) {
                    shared = earlier.followedBy(shared);
                } else {
                    byPrimary.merge(name, earlier, (later, known) -> known.followedBy(later));
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("the coverage of reports is cut off", e);
        }
    }
}
