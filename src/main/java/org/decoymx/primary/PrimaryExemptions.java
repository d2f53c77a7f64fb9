package org.decoymx.primary;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.PrimaryReports;
import org.decoymx.policy.TrustIndex;
import org.decoymx.support.PeriodicJobs;
import org.decoymx.support.StartOrder;

/**
 * Exempts the addresses of the primary MX hosts: as a backup relay, or behind NAT, a primary may send mail to the
 * decoy. Host names are resolved at each probe interval. While a name cannot be resolved, its last addresses stay
 * exempt.
 */
@Singleton
final class PrimaryExemptions {
    private static final int MAX_ADDRESSES = 100;
    private static final String SOURCE = "decoy.primary.hosts";
    private static final String REASON = "it is a primary MX";

    private final PrimaryMonitor monitor;
    private final ExemptNetworks exempt;
    private final PrimaryReports reports;
    private final HostAddresses resolver;
    private final Map<PrimaryHost, List<IpPrefix>> addresses = new LinkedHashMap<>();

    @Inject
    PrimaryExemptions(PrimaryMonitor monitor, ExemptNetworks exempt, TrustIndex trust, HostAddresses resolver) {
        this(monitor, exempt, trust.reports(), resolver);
    }

    PrimaryExemptions(PrimaryMonitor monitor, ExemptNetworks exempt, PrimaryReports reports, HostAddresses resolver) {
        this.monitor = monitor;
        this.exempt = exempt;
        this.reports = reports;
        this.resolver = resolver;
    }

    /** Exempts what needs no DNS before the ledger publishes the listed senders. */
    void start(
            @Observes @Priority(StartOrder.PROTECTIONS) StartupEvent event, PrimaryConfig config, PeriodicJobs jobs) {
        publishLiterals();
        jobs.schedule("addresses of the primary MX hosts", config.probeInterval(), this::resolveNames);
    }

    void onHostsChanged(@Observes PrimaryHostsChanged event) {
        resolveNames();
    }

    /** Exempts the hosts that are named by their address. */
    synchronized void publishLiterals() {
        monitor.monitoredHosts().forEach(this::addLiteral);
        publish();
    }

    private boolean addLiteral(PrimaryHost host) {
        Optional<IpPrefix> address = IpText.parseHostNetwork(host.name());
        address.ifPresent(literal -> addresses.put(host, List.of(literal)));
        return address.isPresent();
    }

    /** Resolves the names of all hosts that are monitored now. */
    synchronized void resolveNames() {
        Set<PrimaryHost> hosts = monitor.monitoredHosts();
        addresses.keySet().retainAll(hosts);
        for (PrimaryHost host : hosts) {
            if (!addLiteral(host)) {
                resolve(host);
            }
        }
        publish();
    }

    private void resolve(PrimaryHost host) {
        try {
            addresses.put(
                    host,
                    resolver.resolve(host.name()).stream()
                            .limit(MAX_ADDRESSES)
                            .map(address -> IpPrefix.of(address))
                            .sorted()
                            .distinct()
                            .toList());
        } catch (UnknownHostException e) {
            // The probe reports it; the last addresses stay exempt.
        }
    }

    /** A host whose addresses are not known yet is one from which no report was seen. */
    private void publish() {
        reports.setPrimaries(monitor.monitoredHosts().stream()
                .collect(Collectors.toMap(
                        PrimaryHost::toString, host -> addresses.getOrDefault(host, List.of()), (one, same) -> one)));
        exempt.replaceSource(
                SOURCE,
                addresses.values().stream()
                        .flatMap(List::stream)
                        .map(IpPrefix::hostRange)
                        .distinct()
                        .map(address -> Exemption.of(address, REASON))
                        .toList());
    }
}
