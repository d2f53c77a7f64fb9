package org.decoymx.admin;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.decoymx.dns.DnsName;
import org.decoymx.exemption.ExemptConfig;
import org.decoymx.policy.DomainProtection;
import org.decoymx.policy.DomainProtection.ProtectionState;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.PolicyConfig;
import org.decoymx.policy.PrimaryReports;
import org.decoymx.policy.ProtectionFacts;
import org.decoymx.policy.ProtectionFacts.PrimaryFact;
import org.decoymx.policy.TrustIndex;
import org.decoymx.primary.MxDomains;
import org.decoymx.primary.PrimaryMonitor;
import org.decoymx.support.PeriodicJobs;
import org.jboss.logging.Logger;

/** Finds out which protections of each protected domain are active, and has changes logged. */
@Singleton
public final class ProtectionMonitor {
    private static final Logger LOG = Logger.getLogger(ProtectionMonitor.class);
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final List<String> domains;
    private final List<String> spfDomains;
    private final PrimaryMonitor primaryMonitor;
    private final MxDomains mxDomains;
    private final TrustIndex trust;
    private final ExemptNetworks exemptNetworks;
    private final Clock clock;
    private final ProtectionLog log;
    private volatile List<DomainProtection> latest = List.of();

    ProtectionMonitor(
            PolicyConfig policyConfig,
            ExemptConfig exemptConfig,
            PrimaryMonitor primaryMonitor,
            MxDomains mxDomains,
            TrustIndex trust,
            ExemptNetworks exemptNetworks,
            Clock clock) {
        domains = policyConfig.domains().orElse(List.of());
        spfDomains = exemptConfig.spfDomains().orElse(List.of()).stream()
                .map(DnsName::parseDomain)
                .toList();
        this.primaryMonitor = primaryMonitor;
        this.mxDomains = mxDomains;
        this.trust = trust;
        this.exemptNetworks = exemptNetworks;
        this.clock = clock;
        log = new ProtectionLog(LOG::info, LOG::warn, clock.instant());
    }

    void start(@Observes StartupEvent event, PeriodicJobs jobs) {
        if (!domains.isEmpty()) {
            jobs.schedule("protections", INTERVAL, this::look);
        }
    }

    private void look() {
        latest = protections();
        log.record(latest, clock.instant());
    }

    /** The number of domains that lacked a protection when they were looked at last. */
    long countMissing(String name) {
        return latest.stream()
                .filter(domain -> domain.names(protection -> protection.state() == ProtectionState.MISSING)
                        .contains(name))
                .count();
    }

    /** The protections of each domain; empty in trial mode, which needs none. */
    public List<DomainProtection> protections() {
        Instant now = clock.instant();
        List<String> unknownSpf = unknownSpfDomains();
        return domains.stream()
                .map(domain -> DomainProtection.of(facts(domain, unknownSpf), now))
                .toList();
    }

    private ProtectionFacts facts(String domain, List<String> unknownSpf) {
        MxDomains.DomainMx mx = mxDomains.find(domain);
        PrimaryReports reports = trust.reports();
        return new ProtectionFacts(
                domain,
                mx.position(),
                mx.problem(),
                hosts(mx),
                reports.reported(),
                reports.coverage(),
                spfDomains.size(),
                unknownSpf);
    }

    /** The hosts of the domain in DNS, or those that are configured for all domains. */
    private List<PrimaryFact> hosts(MxDomains.DomainMx mx) {
        List<PrimaryFact> monitored = primaryMonitor.hosts().stream()
                .filter(status -> !mxDomains.findsPrimaries() || mx.primaries().contains(status.host()))
                .map(status -> new PrimaryFact(
                        status.host().toString(),
                        status.state() != PrimaryMonitor.HostState.UNKNOWN,
                        status.state() == PrimaryMonitor.HostState.UP))
                .toList();
        return monitored.isEmpty()
                ? mx.primaries().stream()
                        .map(host -> new PrimaryFact(host.toString(), false, false))
                        .toList()
                : monitored;
    }

    /** A domain without a valid record is not waited for. */
    private List<String> unknownSpfDomains() {
        if (exemptNetworks.isComplete()) {
            return List.of();
        }
        Set<String> sources = exemptNetworks.sources().keySet();
        return spfDomains.stream()
                .filter(domain -> !sources.contains("SPF of " + domain))
                .toList();
    }
}
