package org.decoymx.primary;

import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.sighting.ProtectionMessage;
import org.decoymx.support.PeriodicJobs;

/**
 * Exempts the addresses of the primary MX hosts: as a backup relay, or behind NAT, a primary may send mail to the
 * decoy. Host names are resolved at each probe interval. While a name cannot be resolved, its last addresses stay
 * exempt.
 */
@Singleton
final class PrimaryExemptions {
    private static final int BEFORE_LEDGER_START = 500;
    private static final int MAX_ADDRESSES = 100;
    private static final String SOURCE = "decoy.primary.hosts";
    private static final String REASON = "it is a primary MX";

    private final List<PrimaryHost> hosts;
    private final Duration interval;
    private final ExemptNetworks exempt;
    private final NameResolver resolver;
    private final Map<PrimaryHost, List<IpPrefix>> addresses = new LinkedHashMap<>();

    /** Finds the addresses of a host name; it may block. */
    @FunctionalInterface
    interface NameResolver {
        InetAddress[] resolve(String name) throws UnknownHostException;
    }

    @Inject
    PrimaryExemptions(PrimaryConfig config, PrimaryMonitor monitor, ExemptNetworks exempt) {
        this(
                monitor.hosts().stream().map(PrimaryMonitor.HostStatus::host).toList(),
                config.probeInterval(),
                exempt,
                InetAddress::getAllByName);
    }

    PrimaryExemptions(List<PrimaryHost> hosts, Duration interval, ExemptNetworks exempt, NameResolver resolver) {
        this.hosts = hosts;
        this.interval = interval;
        this.exempt = exempt;
        this.resolver = resolver;
    }

    /** Exempts what needs no DNS before the ledger publishes the listed senders. */
    void start(@Observes @Priority(BEFORE_LEDGER_START) StartupEvent event, PeriodicJobs jobs, Vertx vertx) {
        publishLiterals();
        if (addresses.size() < hosts.size()) {
            jobs.schedule("addresses of the primary MX hosts", interval, () -> {
                if (resolveNames()) {
                    vertx.eventBus()
                            .publish(ProtectionMessage.EVENT_BUS_ADDRESS, new ProtectionMessage.ExemptionsChanged());
                }
            });
        }
    }

    /** Exempts the hosts that are named by their address. */
    void publishLiterals() {
        hosts.forEach(host ->
                IpText.parseHostNetwork(host.name()).ifPresent(address -> addresses.put(host, List.of(address))));
        publish();
    }

    /** Resolves all names again; returns whether the exemptions have changed. */
    boolean resolveNames() {
        for (PrimaryHost host : hosts) {
            if (IpText.parseAddress(host.name()).isEmpty()) {
                resolve(host);
            }
        }
        return publish();
    }

    private void resolve(PrimaryHost host) {
        try {
            addresses.put(
                    host,
                    Stream.of(resolver.resolve(host.name()))
                            .limit(MAX_ADDRESSES)
                            .map(address -> IpPrefix.hostNetworkOf(address))
                            .sorted()
                            .distinct()
                            .toList());
        } catch (UnknownHostException e) {
            // The probe reports it; the last addresses stay exempt.
        }
    }

    private boolean publish() {
        return exempt.replaceSource(
                SOURCE,
                addresses.values().stream()
                        .flatMap(List::stream)
                        .distinct()
                        .map(address -> Exemption.of(address, REASON))
                        .toList());
    }
}
