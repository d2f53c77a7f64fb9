package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.net.IpText;
import org.decoymx.policy.PolicyMode;

/** Every format contains exactly the listed networks, when parsed as its consumers parse it. */
class FeedFormatsProperties {
    private static final String COMMENT = "#.*";

    private static final Map<String, LinePatterns> LINE_PATTERNS = Map.ofEntries(
            patterns("plain", "(\\S+)", COMMENT),
            patterns("pf", "(\\S+)", COMMENT),
            patterns("postfix-cidr", "(\\S+/\\d+) (?:REJECT 5\\.7\\.1|DEFER_IF_PERMIT 4\\.7\\.1) .+", COMMENT),
            patterns("exim", "\"?([0-9a-f.:/]+)\"?: caught by a decoy MX", COMMENT),
            patterns("sendmail", "Connect:(\\S+)\tREJECT", COMMENT),
            patterns(
                    "nftables",
                    "(\\S+),",
                    "#.*|(?:add|flush) (?:table|set) inet decoy.*|add element inet decoy bl[46] \\{|}"),
            patterns("ipset", "add decoy[46]_tmp (\\S+)", "#.*|(?:create|flush|swap|destroy) decoy[46].*"),
            patterns(
                    "rbldnsd",
                    "([0-9a-f.:/]+)",
                    "#.*|\\$.*|:127\\.0\\.0\\.[2-4]:.*|!?127\\.0\\.0\\.[12]|!?::ffff:7f00:[12]"),
            patterns("rpz", "(\\S+)\\.rpz-client-ip CNAME rpz-drop\\.", ";.*|\\$TTL 60|@ .*"),
            patterns(
                    "drop",
                    "\\{\"cidr\":\"([^\"]+)\",\"sblid\":\"decoymx\",\"rir\":\"\"}",
                    "\\{\"type\":\"metadata\",.*}"),
            patterns("ndjson", "\\{\"ip\":\"([^\"]+)\",\"since\":.*}", "\\{\"type\":\"metadata\",.*}"),
            patterns(
                    "csv",
                    "([^,]+),[^,]+,[^,]+,[0-9.]+,\"[^\"]+\",(?:suspect|confirmed)",
                    "ip,since,until,points,reasons,tier"),
            patterns(
                    "crowdsec-csv",
                    "([^,]+),\\d+h\\d+m\\d+s,decoymx,(?:Ip|Range),ban",
                    "value,duration,reason,scope,type"),
            patterns(
                    "misp",
                    "\\{\"uuid\":\"[0-9a-f-]{36}\",\"type\":\"ip-src\",.*\"value\":\"([^\"]+)\",.*},?",
                    "\\{\"Event\":\\{.*|]}}"),
            patterns("hosts-deny", "ALL: (\\S+)", COMMENT),
            patterns("apache", "Require not ip (\\S+)", COMMENT),
            patterns("nginx", "deny (\\S+);", COMMENT),
            patterns(
                    "mikrotik",
                    "add list=decoy timeout=1d address=(\\S+)",
                    "#.*|/(?:ip|ipv6) firewall address-list|remove \\[find list=decoy]"),
            patterns("fail2ban", "1970-01-01 00:00:00 \\+0000 decoy hit (\\S+)", COMMENT));

    /** Patterns for the lines of a format: lines with an entry (group 1), and all other allowed lines. */
    private record LinePatterns(Pattern entry, Pattern other) {

        Stream<String> parse(String line) {
            Matcher matcher = entry.matcher(line);
            if (other.matcher(line).matches()) {
                return Stream.empty();
            }
            assertThat(matcher.matches()).as("'%s' can be parsed", line).isTrue();
            return Stream.of(matcher.group(1));
        }
    }

    private static final Map<String, Function<String, AddressRange>> ENTRY_PARSERS = Map.of(
            "sendmail", FeedFormatsProperties::parseSendmailKey,
            "rpz", FeedFormatsProperties::parseRpzName,
            "hosts-deny", FeedFormatsProperties::parseHostPattern);

    private static Map.Entry<String, LinePatterns> patterns(String format, String entry, String other) {
        return Map.entry(format, new LinePatterns(Pattern.compile(entry), Pattern.compile(other)));
    }

    /** Parses {@code 192.0.2} and {@code IPv6:2001:db8:0:1}. */
    private static AddressRange parseSendmailKey(String key) {
        boolean v6 = key.startsWith("IPv6:");
        String[] parts = key.replace("IPv6:", "").split(v6 ? ":" : "\\.", -1);
        Stream<String> padded =
                Stream.concat(Arrays.stream(parts), Collections.nCopies((v6 ? 8 : 4) - parts.length, "0").stream());
        return AddressRange.parse(
                padded.collect(Collectors.joining(v6 ? ":" : ".")) + "/" + parts.length * (v6 ? 16 : 8));
    }

    /** Parses {@code 24.0.2.0.192} and {@code 64.zz.1.0.db8.2001}. */
    private static AddressRange parseRpzName(String name) {
        List<String> labels = new ArrayList<>(List.of(name.split("\\.", -1)));
        String prefix = labels.remove(0);
        Collections.reverse(labels);
        boolean v6 = labels.contains("zz") || labels.size() == 8;
        int zeros = labels.indexOf("zz");
        if (zeros >= 0) {
            labels.remove(zeros);
            labels.addAll(zeros, Collections.nCopies(8 - labels.size(), "0"));
        }
        return AddressRange.parse(String.join(v6 ? ":" : ".", labels) + "/" + prefix);
    }

    /** Parses {@code [2001:db8::]/64} and {@code 192.0.2.0/255.255.255.0}. */
    private static AddressRange parseHostPattern(String pattern) {
        String text = pattern.replaceAll("[\\[\\]]", "");
        int mask = text.contains(":") ? -1 : text.indexOf('/');
        if (mask < 0) {
            assertThat(pattern.contains("[")).isEqualTo(text.contains(":"));
            return AddressRange.parse(text);
        }
        long bits = IpText.parseAddress(text.substring(mask + 1)).orElseThrow().bits();
        return AddressRange.parse(text.substring(0, mask + 1) + Long.bitCount(bits));
    }

    @Provide
    Arbitrary<List<BlocklistEntry>> networks() {
        return EntryArbitraries.disjointEntries();
    }

    @Provide
    Arbitrary<FeedFormat> formats() {
        return Arbitraries.of(FeedFormats.ALL);
    }

    @Property(tries = 1_500)
    void anyNetworks_areParsedBackFromEveryFormat(
            @ForAll("formats") FeedFormat format, @ForAll("networks") List<BlocklistEntry> entries) {
        String text = FixedFeedView.render(format, new FixedFeedView(PolicyMode.ENFORCE, entries));

        Function<String, AddressRange> parser = ENTRY_PARSERS.getOrDefault(format.name(), AddressRange::parse);
        List<AddressRange> parsed = text.lines()
                .flatMap(Objects.requireNonNull(LINE_PATTERNS.get(format.name()))::parse)
                .map(parser)
                .toList();
        assertThat(AddressRange.union(parsed))
                .isEqualTo(AddressRange.union(
                        entries.stream().map(AddressRange::of).toList()));
        if (!format.name().equals("sendmail")) {
            assertThat(parsed)
                    .containsExactlyElementsOf(
                            entries.stream().map(AddressRange::of).toList());
        }
    }

    @Property(tries = 200)
    void anyNetworks_giveValidJson_inJsonFormats(@ForAll("networks") List<BlocklistEntry> entries) {
        FeedView view = new FixedFeedView(PolicyMode.TRIAL, entries);
        assertThat(new JsonObject(FixedFeedView.render(new MispFormat(Optional.empty()), view))
                        .getJsonObject("Event")
                        .getJsonArray("Attribute"))
                .hasSize(entries.size());
        for (FeedFormat format : List.of(new NdjsonFormat(), new DropFormat())) {
            List<JsonObject> lines = FixedFeedView.render(format, view)
                    .lines()
                    .map(JsonObject::new)
                    .toList();
            assertThat(lines).hasSize(entries.size() + 1);
            assertThat(lines.get(entries.size()).getInteger("records")).isEqualTo(entries.size());
        }
    }
}
