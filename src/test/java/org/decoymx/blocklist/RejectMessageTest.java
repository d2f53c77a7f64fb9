package org.decoymx.blocklist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.decoymx.net.IpText;
import org.decoymx.policy.ExplainTemplate;
import org.decoymx.policy.Listing;
import org.decoymx.policy.ListingReason;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.Tier;
import org.decoymx.smtp.protocol.Trait;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reason of a listing in one line. */
class RejectMessageTest {
    private static final String URL = "https://decoy.example.org";

    private static String format(String url, Blocklist blocklist, String address) {
        Blocklist.BlocklistEntry entry = blocklist
                .findEntry(IpText.parseHostNetwork(address).orElseThrow())
                .orElseThrow();
        return new RejectMessage(url).format(address, entry, blocklist.mode());
    }

    @Example
    void message_ofAnAddress_hasReasonAndLink() {
        Blocklist blocklist = Blocklists.of(PolicyMode.ENFORCE, "192.0.2.1");
        assertThat(format(URL + "/", blocklist, "192.0.2.1"))
                .isEqualTo(
                        "192.0.2.1 was caught by a decoy MX. It came to the decoy MX and completed a conversation for a"
                                + " protected recipient, once. See https://decoy.example.org/senders/192.0.2.1");
        assertThat(format("", blocklist, "192.0.2.1")).endsWith(", once.");
    }

    @Example
    void message_inTrialMode_beginsWithTrial() {
        assertThat(format("", Blocklists.of(PolicyMode.TRIAL, "192.0.2.1"), "192.0.2.1"))
                .startsWith("TRIAL: 192.0.2.1 was caught");
    }

    @Example
    void message_ofAnAddressInANetwork_namesOnlyTheNetwork() {
        assertThat(format(URL, Blocklists.of(PolicyMode.ENFORCE, "192.0.2.0/24"), "192.0.2.9"))
                .isEqualTo("192.0.2.9 is in 192.0.2.0/24, many addresses of which were caught by a decoy MX."
                        + " See https://decoy.example.org/senders/192.0.2.9");
    }

    private static Blocklist.BlocklistEntry entry(Listing listing, ListingReason reason) {
        return new Blocklist.BlocklistEntry(IpText.parseNetwork("192.0.2.1"), 1, 2, PackedReason.pack(reason, listing));
    }

    @Example
    void contactLine_isAdded_whereItFits() {
        ListingReason reason = new ListingReason(10, 1, 1, Set.of(Trait.EARLY_TALKER, Trait.NO_QUIT, Trait.TALKS_ON));
        Blocklist.BlocklistEntry entry = entry(new Listing(Tier.CONFIRMED, 1, 2, 1, false), reason);
        ExplainTemplate contact = new ExplainTemplate("Questions? Call +49 30 123456 about {address} ({tier}).");
        assertThat(new RejectMessage(URL, contact).format("192.0.2.1", entry, PolicyMode.ENFORCE))
                .startsWith("192.0.2.1 was caught by a decoy MX. It came")
                .endsWith(" Questions? Call +49 30 123456 about 192.0.2.1 (confirmed)."
                        + " See https://decoy.example.org/senders/192.0.2.1")
                .hasSizeLessThanOrEqualTo(RejectMessage.MAX_OCTETS);
        assertThat(new RejectMessage("", contact).formatDeferral("192.0.2.1", entry, PolicyMode.ENFORCE))
                .endsWith("tries again later. Questions? Call +49 30 123456 about 192.0.2.1 (confirmed).");
        assertThat(new RejectMessage(URL, new ExplainTemplate("x".repeat(200)))
                        .format("192.0.2.1", entry, PolicyMode.ENFORCE))
                .doesNotContain("xxx")
                .contains("/senders/192.0.2.1");
    }

    @Example
    void listedByHand_isNotSaidToBeCaught() {
        Blocklist.BlocklistEntry entry =
                entry(new Listing(Tier.SUSPECT, 1, 2, 0, true), new ListingReason(0, 0, 0, Set.of()));
        RejectMessage message = new RejectMessage("");
        assertThat(message.format("192.0.2.1", entry, PolicyMode.ENFORCE)).isEqualTo("192.0.2.1 was listed by hand.");
        assertThat(message.formatDeferral("192.0.2.1", entry, PolicyMode.ENFORCE))
                .isEqualTo("192.0.2.1 was listed by hand.");
        assertThat(message.formatByTier("192.0.2.1", entry, PolicyMode.ENFORCE))
                .isEqualTo("192.0.2.1 was listed by hand. Mail is deferred, not rejected.");
        assertThat(entry.reasons()).containsExactly("It was listed by hand.");
    }

    @Example
    void messageByTier_saysWhetherMailIsDeferredOrRejected() {
        ListingReason reason = new ListingReason(10, 1, 1, Set.of());
        RejectMessage message = new RejectMessage("");
        assertThat(message.formatByTier(
                        "192.0.2.1", entry(new Listing(Tier.SUSPECT, 1, 2, 1, false), reason), PolicyMode.ENFORCE))
                .isEqualTo("192.0.2.1 was caught by a decoy MX. Mail is deferred, not rejected."
                        + " It is accepted when your mail server tries again later.");
        assertThat(message.formatByTier(
                        "192.0.2.1", entry(new Listing(Tier.CONFIRMED, 1, 2, 1, false), reason), PolicyMode.TRIAL))
                .startsWith("TRIAL: 192.0.2.1 was caught by a decoy MX. Mail is rejected. It came");
    }

    @Example
    void messageByTier_ofANetwork_withTheLongestUrl_fitsIntoMaxOctets() {
        String network = "2001:db8:1111:2222::/64";
        Blocklist.BlocklistEntry entry = Blocklists.of(PolicyMode.TRIAL, network)
                .findEntry(IpText.parseHostNetwork("2001:db8:1111:2222::").orElseThrow())
                .orElseThrow();
        String url = "https://decoy.example.org/" + "x".repeat(94);
        assertThat(new RejectMessage(url)
                        .formatByTier("2001:db8:1111:2222:3333:4444:5555:6666", entry, PolicyMode.TRIAL))
                .contains(" is in " + network)
                .hasSizeLessThanOrEqualTo(RejectMessage.MAX_OCTETS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a \"b\"", "back\\slash", "{name}", "{address", "costs $5", "caf\u00e9", "two\nlines"})
    void badContactLine_saysWhatIsAllowed(String text) {
        assertThatThrownBy(() -> new ExplainTemplate(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a line of at most 200 printable ASCII characters");
    }

    @Property(tries = 200)
    void message_withAnyReason_fitsIntoMaxOctets(
            @ForAll Set<Trait> traits,
            @ForAll @IntRange(min = 1, max = 255) int offences,
            @ForAll @LongRange(max = 65_535) long conversations,
            @ForAll @IntRange(max = 92) int path) {
        String url = "https://decoy.example.org/x" + "y".repeat(path);
        ListingReason reason =
                new ListingReason(10, offences, conversations, traits.isEmpty() ? EnumSet.allOf(Trait.class) : traits);
        String address = "2001:db8:1111:2222:3333:4444:5555:6666";
        Blocklist blocklist = Blocklists.of(PolicyMode.TRIAL, reason, 60, List.of(address));
        Blocklist.BlocklistEntry entry = blocklist.iterator().next();
        RejectMessage message = new RejectMessage(url);

        for (String line : List.of(
                format(url, blocklist, address),
                message.formatDeferral(address, entry, PolicyMode.TRIAL),
                message.formatByTier(address, entry, PolicyMode.TRIAL))) {
            assertThat(line.length()).isLessThanOrEqualTo(RejectMessage.MAX_OCTETS);
            assertThat(line).endsWith(url + "/senders/" + address).matches("[ -~&&[^\"]]+");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "decoy.example.org",
                "ftp://decoy.example.org",
                "https://",
                "https://a b",
                "https://a/\"x",
                "https://a/?x",
                "https://a/#x",
                "https://\u00e4.example.org",
                "https://a\\b"
            })
    void url_notValid_isRejected(String text) {
        assertThatThrownBy(() -> new RejectMessage(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text)
                .hasMessageContaining("https://decoy.example.org");
    }
}
