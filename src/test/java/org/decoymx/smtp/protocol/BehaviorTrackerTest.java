package org.decoymx.smtp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BehaviorTrackerTest {
    private final BehaviorTracker behavior = new BehaviorTracker();

    @ParameterizedTest
    @CsvSource({
        "[203.0.113.25], 203.0.113.25",
        "203.0.113.25, 203.0.113.25",
        "[IPv6:2001:db8::25], 2001:db8::25",
        "[172.32.0.1], 172.32.0.1",
        "[100.128.0.1], 100.128.0.1",
        "[IPv6:fec0::1], fec0::1",
        "[IPv6:2001:db8::a], 2001:db8::a",
        "[IPv6:::a], ::a",
        "mx9.decoy.test, 10.0.0.1"
    })
    void helo_ownNameOrPublicAddress_isOurs(String helo, String ownAddress) {
        behavior.checkHeloName(helo, "mx9.decoy.test", () -> ownAddress);
        assertThat(behavior.traits()).containsExactly(Trait.HELO_LIES, Trait.HELO_OURS);
    }

    /** A client behind another NAT may have the address that the decoy has behind its own. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.1.2.3",
                "10.1.2.3",
                "172.16.0.1",
                "172.31.255.254",
                "192.168.1.5",
                "169.254.7.7",
                "100.64.0.1",
                "100.127.255.254",
                "::1",
                "fc00::5",
                "fd12:3456::5",
                "fe80::5",
                "febf::5"
            })
    void helo_ownAddressThatOthersHaveToo_isNotOurs(String address) {
        String literal = address.contains(":") ? "[IPv6:" + address + "]" : "[" + address + "]";
        behavior.checkHeloName(literal, "mx9.decoy.test", () -> address);
        behavior.checkHeloName(address, "mx9.decoy.test", () -> address);
        assertThat(behavior.traits()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "user, true",
        "localhost, true",
        "LocalHost.localdomain, true",
        "localhosts.example, false",
        ".example, false",
        "2001:db8::1, false"
    })
    void helo_localhostOrANameWithoutDot_isALie(String helo, boolean lie) {
        behavior.checkHeloName(helo, "mx9.decoy.test", () -> "203.0.113.25");
        assertThat(behavior.traits().contains(Trait.HELO_LIES)).isEqualTo(lie);
        assertThat(behavior.traits()).doesNotContain(Trait.HELO_OURS);
    }

    @Test
    void otherProtocol_isNotAnEarlyTalkerToo() {
        behavior.addTrait(Trait.EARLY_TALKER);
        assertThat(behavior.detectOtherProtocol("GET / HTTP/1.1")).isTrue();
        assertThat(behavior.traits()).containsExactly(Trait.NOT_SMTP);
    }

    @Test
    void smtpBeforeTheGreeting_isAnEarlyTalker() {
        behavior.addTrait(Trait.EARLY_TALKER);
        assertThat(behavior.detectOtherProtocol("EHLO client.example.net")).isFalse();
        assertThat(behavior.traits()).containsExactly(Trait.EARLY_TALKER);
    }

    @Test
    void traits_haveDescriptions_thatDiffer() {
        assertThat(Trait.values())
                .extracting(Trait::description)
                .doesNotHaveDuplicates()
                .allMatch(description -> !description.isBlank());
    }
}
