package org.decoymx;

import io.smallrye.config.SmallRyeConfig;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.decoymx.ledger.SenderRetention;
import org.decoymx.net.IpAddressFormat;
import org.decoymx.support.ConfigCheck.Relation;
import org.decoymx.support.ConfigKey;
import org.decoymx.support.ConfigKeys;

/** Rules for several keys together. */
final class ConfigRelations {
    private static final String FEED_ACCESS = "decoy.feed.access";
    private static final String FEED_TOKENS = "decoy.feed.tokens";
    private static final String FEED_NETWORKS = "decoy.feed.networks";
    private static final String SENDERS_ACCESS = "decoy.senders.access";
    private static final String ADMIN_TOKEN = "decoy.admin.token";
    private static final String USERS_FILE = "decoy.admin.users-file";
    private static final String LOOKUP_HOST = "decoy.lookup.host";
    private static final String LOOKUP_NETWORKS = "decoy.lookup.allowed-networks";
    private static final String TTL = "decoy.policy.ttl";
    private static final String MAX_TTL = "decoy.policy.max-ttl";
    private static final String MIN_GRACE = "decoy.primary.outage-grace-min";
    private static final String MAX_GRACE = "decoy.primary.outage-grace-max";
    private static final String MAX_SENDERS = "decoy.ledger.max-senders";
    private static final String TLS = "decoy.smtp.tls";
    private static final String EXCHANGE_PREFIX = "decoy.exchange.prefix";
    private static final String EXCHANGE_TLS = "decoy.exchange.tls";
    private static final String NOTIFY_URL = "decoy.notify.url";
    private static final String NOTIFY_SECRET = "decoy.notify.secret";
    private static final int MAX_TOKENS = 100;
    private static final int MAX_NETWORKS = 1_000;

    private final ConfigKeys keys;

    private ConfigRelations(ConfigKeys keys) {
        this.keys = keys;
    }

    static List<Relation> all(ConfigKeys keys) {
        ConfigRelations relations = new ConfigRelations(keys);
        return List.of(
                relation(config -> relations.notShorter(config, MAX_TTL, TTL), TTL, MAX_TTL),
                relation(config -> relations.notShorter(config, MAX_GRACE, MIN_GRACE), MIN_GRACE, MAX_GRACE),
                relation(relations::maxSenders, MAX_SENDERS),
                relation(relations::tlsBucket, TLS),
                relation(relations::exchangeTls, EXCHANGE_TLS),
                relation(relations::exchangePrefixes, EXCHANGE_PREFIX),
                relation(relations::backslash, FEED_TOKENS),
                relation(config -> relations.feedReaders(config, "token", FEED_TOKENS), FEED_ACCESS, FEED_TOKENS),
                relation(config -> relations.feedReaders(config, "network", FEED_NETWORKS), FEED_ACCESS, FEED_NETWORKS),
                relation(relations::senderReaders, SENDERS_ACCESS, FEED_TOKENS, ADMIN_TOKEN, USERS_FILE),
                relation(relations::lookupClients, LOOKUP_HOST, LOOKUP_NETWORKS),
                relation(relations::notifySecret, NOTIFY_URL, NOTIFY_SECRET),
                new PortConflicts(relations::value));
    }

    private static Relation relation(Function<SmallRyeConfig, Optional<String>> rule, String... keys) {
        return new Relation() {
            @Override
            public Set<String> keys() {
                return Set.of(keys);
            }

            @Override
            public List<String> problems(SmallRyeConfig config) {
                return rule.apply(config).stream().toList();
            }
        };
    }

    /** The value of a key, or its default; empty when it has neither. */
    private String value(SmallRyeConfig config, String key) {
        return config.getOptionalValue(key, String.class)
                .or(() -> keys.find(key).map(ConfigKey::defaultValue))
                .orElse("");
    }

    private Optional<String> notShorter(SmallRyeConfig config, String longer, String shorter) {
        Duration min = config.requireConverter(Duration.class).convert(value(config, shorter));
        Duration max = config.requireConverter(Duration.class).convert(value(config, longer));
        return problem(
                max.compareTo(min) < 0,
                longer + ": " + value(config, longer) + " is shorter than " + shorter + ", which is "
                        + value(config, shorter));
    }

    private Optional<String> maxSenders(SmallRyeConfig config) {
        String written = value(config, MAX_SENDERS);
        long possible = SenderRetention.maxSendersInHeap();
        BigInteger wanted = written.isEmpty() ? BigInteger.ONE : new BigInteger(written.trim());
        return problem(
                wanted.signum() < 1 || wanted.compareTo(BigInteger.valueOf(possible)) > 0,
                MAX_SENDERS + ": " + written + " is out of range (1 to " + possible + " with this -Xmx)");
    }

    private Optional<String> tlsBucket(SmallRyeConfig config) {
        String name = value(config, TLS);
        return problem(
                !name.isEmpty() && !hasBucket(config, name, "key-store."),
                TLS + ": '" + name + "' is not a TLS bucket with a key; set quarkus.tls." + name
                        + ".key-store.pem.0.cert and .key in config/application.properties");
    }

    private static boolean hasBucket(SmallRyeConfig config, String name, String part) {
        List<String> prefixes = List.of("quarkus.tls." + name + "." + part, "quarkus.tls.\"" + name + "\"." + part);
        List<String> properties = new ArrayList<>();
        config.getPropertyNames().forEach(properties::add);
        return properties.stream().anyMatch(property -> prefixes.stream().anyMatch(property::startsWith));
    }

    private Optional<String> exchangeTls(SmallRyeConfig config) {
        String name = value(config, EXCHANGE_TLS);
        return problem(
                !name.isEmpty() && !hasBucket(config, name, "trust-store.") && !hasBucket(config, name, "key-store."),
                EXCHANGE_TLS + ": '" + name + "' is not a TLS bucket with certificates; set quarkus.tls." + name
                        + ".trust-store.pem.certs, and .key-store.pem.0.cert and .key, in"
                        + " config/application.properties");
    }

    private Optional<String> exchangePrefixes(SmallRyeConfig config) {
        List<String> names =
                config.getOptionalValues(EXCHANGE_PREFIX, String.class).orElse(List.of());
        Optional<String> twice = names.stream()
                .filter(name -> Collections.frequency(names, name) > 1)
                .findFirst();
        return problem(
                twice.isPresent(), EXCHANGE_PREFIX + ": '" + twice.orElse("") + "' is set twice; set each name once");
    }

    /** A list takes a backslash for an escape and drops it, so that the token would be another one. */
    private Optional<String> backslash(SmallRyeConfig config) {
        String raw = config.getConfigValue(FEED_TOKENS).getRawValue();
        return problem(
                raw != null && raw.contains("\\"),
                FEED_TOKENS + ": a token contains a backslash; allowed are printable ASCII characters without comma and"
                        + " backslash");
    }

    private Optional<String> feedReaders(SmallRyeConfig config, String access, String key) {
        boolean wanted = value(config, FEED_ACCESS).toLowerCase(Locale.ROOT).equals(access);
        boolean none = config.getOptionalValues(key, String.class).isEmpty();
        int most = key.equals(FEED_TOKENS) ? MAX_TOKENS : MAX_NETWORKS;
        return problem(
                wanted && none,
                key + ": 0 elements are set, but " + FEED_ACCESS + " is " + access + "; set 1 to " + most);
    }

    private Optional<String> senderReaders(SmallRyeConfig config) {
        boolean wanted = value(config, SENDERS_ACCESS).toLowerCase(Locale.ROOT).equals("token");
        boolean none = value(config, FEED_TOKENS).isEmpty()
                && value(config, ADMIN_TOKEN).isEmpty()
                && value(config, USERS_FILE).isEmpty();
        return problem(
                wanted && none,
                SENDERS_ACCESS + ": token, but neither " + FEED_TOKENS + " nor " + ADMIN_TOKEN + " is set; set one");
    }

    /** The policy service believes its clients about who was at the real MX, so it must not be open to everybody. */
    private Optional<String> lookupClients(SmallRyeConfig config) {
        Optional<String> open = Arrays.stream(value(config, LOOKUP_HOST).split(","))
                .filter(host -> !IpAddressFormat.isLoopback(host))
                .findFirst();
        boolean none = config.getOptionalValues(LOOKUP_NETWORKS, String.class).isEmpty();
        return problem(
                none && open.isPresent(),
                LOOKUP_NETWORKS + ": not set, but " + LOOKUP_HOST + " is '" + open.orElse("")
                        + "', which is not a loopback address; set the addresses of your mail servers"
                        + " (example: 192.0.2.0/28)");
    }

    private Optional<String> notifySecret(SmallRyeConfig config) {
        return problem(
                !value(config, NOTIFY_URL).isEmpty()
                        && value(config, NOTIFY_SECRET).isEmpty(),
                NOTIFY_SECRET + ": not set, but " + NOTIFY_URL + " is; set 16 to 256 printable ASCII characters without"
                        + " blanks, with which the receiver checks the signature");
    }

    private static Optional<String> problem(boolean bad, String words) {
        return bad ? Optional.of(words) : Optional.empty();
    }
}
