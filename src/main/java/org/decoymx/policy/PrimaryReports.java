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
 * several, nobody knows which one it came from. Thread-safe.
 */
public final class PrimaryReports {
    /** Primaries that are known no more are kept for a while, as DNS may only have failed. */
    private static final int MAX_PRIMARIES = 64;

    private Map<String, Collection<IpPrefix>> primaries = Map.of();
    private final Map<String, ReportCoverage> byPrimary = new TreeMap<>();
    private ReportCoverage any = ReportCoverage.NONE;
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

    /** Corrects times that were recorded while the clock was ahead. */
    public synchronized void limitTimes(TimeLimit limit) {
        any = any.limitedTo(limit);
        byPrimary.replaceAll((name, coverage) -> coverage.limitedTo(limit));
    }

    /** When a return to any of the primaries could have been seen. */
    public synchronized ReportCoverage coverage() {
        // after a start, until DNS names them, those that were known before
        Set<String> names = primaries.isEmpty() ? byPrimary.keySet() : primaries.keySet();
        return names.size() <= 1
                ? any
                : names.stream()
                        .map(name -> byPrimary.getOrDefault(name, ReportCoverage.NONE))
                        .reduce(ReportCoverage::and)
                        .orElse(ReportCoverage.NONE);
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
                } else {
                    byPrimary.merge(name, earlier, (later, known) -> known.followedBy(later));
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("the coverage of reports is cut off", e);
        }
    }
}
