package org.decoymx.admin.page;

import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.decoymx.admin.SenderCensus;
import org.decoymx.admin.SenderCensus.Census;
import org.decoymx.admin.SenderStatistics.StatisticsReport;
import org.decoymx.admin.check.CheckService;
import org.decoymx.admin.check.Finding;
import org.decoymx.admin.history.HistoryRange;
import org.decoymx.admin.history.HistoryService;
import org.decoymx.admin.history.HistoryService.HourCount;
import org.decoymx.admin.login.PageAccess.PageReader;
import org.decoymx.admin.page.Overview.Newcomer;
import org.decoymx.admin.page.Overview.Numbers;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.dnsbl.DnsQueryService;
import org.decoymx.feed.FeedReaders;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyConfig;
import org.decoymx.policy.PolicyMode;
import org.decoymx.postfix.PostfixLookup;
import org.decoymx.smtp.server.SmtpServerConfig;

/** Collects what the overview shows. No request looks at all senders; see {@link SenderCensus}. */
@Singleton
final class OverviewSource {
    /** A large ledger takes longer to count; then the page has the numbers of the count before. */
    private static final Duration PATIENCE = Duration.ofMillis(50);

    private static final int MAX_READERS = 20;
    private static final int SMTP_PORT = 25;
    private static final Pattern AUTHORITY = Pattern.compile("[A-Za-z0-9.:\\[\\]-]{1,80}");

    private final SenderCensus census;
    private final CheckService check;
    private final HeloNames heloNames;
    private final FeedReaders feedReaders;
    private final HistoryService history;
    private final BlocklistPublisher publisher;
    private final PostfixLookup postfix;
    private final DnsQueryService dns;
    private final Policy policy;
    private final PolicyConfig policyConfig;
    private final SmtpServerConfig smtpConfig;
    private final Clock clock;

    OverviewSource(
            SenderCensus census,
            CheckService check,
            HeloNames heloNames,
            FeedReaders feedReaders,
            HistoryService history,
            BlocklistPublisher publisher,
            PostfixLookup postfix,
            DnsQueryService dns,
            Policy policy,
            PolicyConfig policyConfig,
            SmtpServerConfig smtpConfig,
            Clock clock) {
        this.census = census;
        this.check = check;
        this.heloNames = heloNames;
        this.feedReaders = feedReaders;
        this.history = history;
        this.publisher = publisher;
        this.postfix = postfix;
        this.dns = dns;
        this.policy = policy;
        this.policyConfig = policyConfig;
        this.smtpConfig = smtpConfig;
        this.clock = clock;
    }

    /** What the overview shows to a reader. It may wait for {@link #PATIENCE}, so not on an event loop. */
    Overview read(PageReader reader, HttpServerRequest request) {
        List<Finding> findings = check.findings();
        PolicyMode mode = policy.settings().mode();
        Optional<Census> counted = census.latest(PATIENCE);
        return new Overview(
                reader.user(),
                reader.mayChange(),
                clock.instant(),
                OverviewState.of(findings),
                findings.stream()
                        .filter(finding -> finding.level() == Finding.Level.OK)
                        .count(),
                findings,
                mode == PolicyMode.OBSERVE ? "would be listed" : "listed",
                numbers(counted),
                counted.map(Census::asOf).orElse(null),
                counted.filter(known -> isNew(known.statistics())).isPresent()
                        && publisher.evaluatedBlocklist().size() == 0,
                newcomer(mode, request),
                counted.map(known -> known.highlights().doubtful()).orElse(List.of()),
                OverviewTables.of(counted, heloNames.frequent()),
                feedReaders.latest().stream().limit(MAX_READERS).toList(),
                lookups());
    }

    private Numbers numbers(Optional<Census> counted) {
        Blocklist list = publisher.evaluatedBlocklist();
        HourCount day = history.find(HistoryRange.DAY).total();
        return new Numbers(
                list.size(TierFilter.SUSPECT),
                list.size(TierFilter.CONFIRMED),
                counted.map(known -> known.highlights().newlyListed()).orElse(0L),
                day.refused(),
                day.deferred(),
                counted.map(known -> known.statistics().tiers().cleared()).orElse(0L));
    }

    private static boolean isNew(StatisticsReport statistics) {
        return statistics.primary().caught() == 0
                && statistics.tiers().suspect() == 0
                && statistics.tiers().confirmed() == 0
                && statistics.tiers().cleared() == 0
                && statistics.waived().isEmpty();
    }

    /** The authority comes from the client, so it is only shown if it is nothing but a name or an address. */
    private Newcomer newcomer(PolicyMode mode, HttpServerRequest request) {
        boolean trial = mode == PolicyMode.TRIAL;
        String authority = String.valueOf(request.authority());
        String http = AUTHORITY.matcher(authority).matches() ? authority : "localhost:8080";
        String host = trial ? "127.0.0.1" : policyConfig.hostname().orElse("mx9.example.org");
        int port = trial ? smtpConfig.smtp().port() : SMTP_PORT;
        String domain = policyConfig.domains().orElse(List.of()).stream()
                .findFirst()
                .map(name -> name.startsWith(".") ? "mail" + name : name)
                .orElse("example.org");
        return new Newcomer(trial, host + ":" + port, request.scheme() + "://" + http, "postmaster@" + domain);
    }

    private String lookups() {
        long queries = dns.counts().values().stream().mapToLong(LongAdder::sum).sum();
        long asked = postfix.listedCount() + postfix.unlistedCount();
        return "Since the start Postfix asked " + asked + " times, and DNS was queried " + queries + " times.";
    }
}
