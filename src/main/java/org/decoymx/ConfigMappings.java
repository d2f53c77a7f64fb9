package org.decoymx;

import io.smallrye.config.SmallRyeConfig;
import java.util.List;
import org.decoymx.admin.AdminConfig;
import org.decoymx.admin.notify.NotifyConfig;
import org.decoymx.blocklist.BlocklistConfig;
import org.decoymx.dnsbl.DnsblConfig;
import org.decoymx.exchange.ExchangeConfig;
import org.decoymx.exemption.ExemptConfig;
import org.decoymx.feed.FeedConfig;
import org.decoymx.ledger.LedgerConfig;
import org.decoymx.policy.PolicyConfig;
import org.decoymx.postfix.LookupConfig;
import org.decoymx.primary.PrimaryConfig;
import org.decoymx.smtp.server.SmtpServerConfig;
import org.decoymx.support.ConfigCheck;
import org.decoymx.support.ConfigKeys;
import org.decoymx.support.ConfigReport;
import org.decoymx.support.RetiredKey;
import org.eclipse.microprofile.config.ConfigProvider;

/** The configuration mappings of all packages; a test checks that none is missing. */
final class ConfigMappings {
    static final List<Class<?>> ALL = List.of(
            AdminConfig.class,
            DnsblConfig.class,
            ExchangeConfig.class,
            ExemptConfig.class,
            FeedConfig.class,
            LedgerConfig.class,
            BlocklistConfig.class,
            LookupConfig.class,
            NotifyConfig.class,
            PolicyConfig.class,
            PrimaryConfig.class,
            SmtpServerConfig.class);

    /** Keys of the release before this one; an entry leaves the list with the next release. */
    private static final List<RetiredKey> RETIRED = List.of(
            retiredPoints("not-smtp"),
            retiredPoints("rcpt"),
            new RetiredKey(
                    "decoy.primary.witness-window",
                    "decoy.policy.known-days",
                    "A visit to a real MX now excuses only the same delivery attempt, within an hour; a sender whose"
                            + " mail was accepted there on several days is known, and is not caught."),
            new RetiredKey(
                    "decoy.primary.outage-grace",
                    "decoy.primary.outage-grace-min",
                    "The pause after an outage is three times as long as the outage, between that and"
                            + " decoy.primary.outage-grace-max."));

    private static RetiredKey retiredPoints(String name) {
        return new RetiredKey(
                "decoy.policy.points." + name,
                "decoy.policy.points.data",
                "Such a session gets no points, because a good host can be made to do it.");
    }

    private ConfigMappings() {}

    /** Checks all keys of the configuration that this process has. */
    static ConfigReport report() {
        return check().check(ConfigProvider.getConfig().unwrap(SmallRyeConfig.class));
    }

    /** The check of all keys, with the rules for several of them together. */
    static ConfigCheck check() {
        ConfigKeys keys = new ConfigKeys(ALL);
        return new ConfigCheck(keys, RETIRED, ConfigRelations.all(keys));
    }
}
