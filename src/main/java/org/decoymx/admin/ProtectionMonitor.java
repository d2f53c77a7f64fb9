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
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.PolicyConfig;
import org.decoymx.policy.ProtectionFacts;
import org.decoymx.policy.ProtectionFacts.MxPosition;
import org.decoymx.policy.ProtectionFacts.PrimaryFact;
import org.decoymx.policy.TrustIndex;
import org.decoymx.primary.PrimaryMonitor;
import org.decoymx.support.PeriodicJobs;
import org.jboss.logging.Logger;

/** Finds out which protections of each protected domain are active, and has changes logged. */
@Singleton
final class ProtectionMonitor {
    private static final Logger LOG = Logger.getLogger(ProtectionMonitor.class);
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final List<String> domains;
    private final List<String> spfDomains;
    private final PrimaryMonitor primaryMonitor;
    private final TrustIndex trust;
    private final ExemptNetworks exemptNetworks;
    private final Clock clock;
    private final ProtectionLog log;

    ProtectionMonitor(
            PolicyConfig policyConfig,
            ExemptConfig exemptConfig,
            PrimaryMonitor primaryMonitor,
            TrustIndex trust,
            ExemptNetworks exemptNetworks,
            Clock clock) {
        domains = policyConfig.domains().orElse(List.of());
        spfDomains = exemptConfig.spfDomains().orElse(List.of()).stream()
                .map(DnsName::parseDomain)
                .toList();
        this.primaryMonitor = primaryMonitor;
        this.trust = trust;
        this.exemptNetworks = exemptNetworks;
        this.clock = clock;
        log = new ProtectionLog(LOG::info, LOG::warn, clock.instant());
    }

    void start(@Observes StartupEvent event, PeriodicJobs jobs) {
        if (!domains.isEmpty()) {
            jobs.schedule("protections", INTERVAL, () -> log.record(protections(), clock.instant()));
        }
    }

    /** The protections of each domain; empty in trial mode, which needs none. */
    List<DomainProtection> protections() {
        Instant now = clock.instant();
        List<String> unknownSpf = unknownSpfDomains();
        return domains.stream()
                .map(domain -> DomainProtection.of(facts(domain, unknownSpf), now))
                .toList();
    }

    private ProtectionFacts facts(String domain, List<String> unknownSpf) {
        List<PrimaryFact> hosts = primaryMonitor.hosts().stream()
                .map(status -> new PrimaryFact(
                        status.host().toString(),
                        status.state() != PrimaryMonitor.HostState.UNKNOWN,
                        status.state() == PrimaryMonitor.HostState.UP))
                .toList();
        return new ProtectionFacts(
                domain, MxPosition.NOT_CHECKED, "", hosts, trust.reports().coverage(), spfDomains.size(), unknownSpf);
    }

    /** A domain of the default list that was never resolved is no fault, unless no domain was. */
    private List<String> unknownSpfDomains() {
        Set<String> sources = exemptNetworks.sources().keySet();
        List<String> unknown = spfDomains.stream()
                .filter(domain -> !sources.contains("SPF of " + domain))
                .toList();
        boolean usesDefaults = String.join(",", spfDomains).equals(ExemptConfig.DEFAULT_SPF_DOMAINS);
        return usesDefaults && unknown.size() < spfDomains.size() ? List.of() : unknown;
    }
}
