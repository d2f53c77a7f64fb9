package org.decoymx.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parses, prints and reverses addresses. */
class IpTextTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "2001:db8::1, 2001:db8::1",
        "2001:DB8:0:1:ffff::, 2001:db8:0:1:ffff::",
        "2001:db8:1:2:3:4:5:6, 2001:db8:1:2:3:4:5:6",
        "2001:db8:1:2::, 2001:db8:1:2::/64",
        "::, ::/64",
        "::1, ::1",
        "::ffff:192.0.2.1, 192.0.2.1",
        "::FFFF:192.0.2.1, 192.0.2.1",
        "0:0:0:0:0:ffff:192.0.2.1, 192.0.2.1",
        "::ffff:c000:201, 192.0.2.1"
    })
    void parseHostNetwork_address_isItselfOrItsNetwork(String address, String network) {
        assertThat(IpText.parseHostNetwork(address)).map(IpPrefix::toString).contains(network);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "192.0.2",
                "192.0.2.1.",
                ".192.0.2.1",
                "192.0.2.1.1",
                "192.0.2.256",
                "192.0.2.01",
                "0192.0.2.1",
                "192.0.2.1 ",
                "192.0.2.1%1",
                "192.0.2.1/32",
                "3221225985",
                "0xc0.0.2.1",
                "::192.0.2.1",
                "::ffff:192.0.2.01",
                "::ffff:0192.0.2.1",
                "1::ffff:192.0.2.1",
                "[2001:db8::1]",
                "fe80::1%eth0",
                "2001:db8::1%",
                "2001:db8::1::2",
                "2001:db8",
                ":",
                ":::",
                "12345::",
                "1:2:3:4:5:6:7:8:9",
                "mx.example.org",
                "cafe",
                "\u0661.2.3.4"
            })
    void parse_invalidAddress_isEmpty(String text) {
        assertThat(IpText.parseAddress(text)).isEmpty();
        assertThat(IpText.parseHostNetwork(text)).isEmpty();
    }

    @Test
    void parsePrintedHostNetwork_acceptsOnlyThePrintedForm() {
        for (String text :
                List.of("0.0.0.0", "192.0.2.1", "255.255.255.255", "2001:db8::/64", "2001:db8::1", "::/64", "::1")) {
            assertThat(IpText.parsePrintedHostNetwork(text)).as(text).hasValueSatisfying(o -> assertThat(o)
                    .hasToString(text));
        }
        for (String bad : List.of(
                "",
                ".",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.",
                ".1.2.3",
                "1..2.3",
                "01.2.3.4",
                "1.2.3.00",
                "256.1.1.1",
                "99999999999.1.1.1",
                "1.2.3.4/32",
                "a.b.c.d",
                "2001:db8::",
                "2001:dbx::/64",
                "2001:db8::/63",
                "::ffff:192.0.2.1/64",
                "/64",
                "-1.2.3.4")) {
            assertThat(IpText.parsePrintedHostNetwork(bad)).as(bad).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 1.2.0.192",
        "::ffff:192.0.2.1, 1.2.0.192",
        "2001:db8::9a, a.9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
    })
    void reverse_address_startsWithItsLastOctetOrNibble(String address, String reversed) {
        assertThat(IpText.parseAddress(address)).map(IpText::reverse).contains(reversed);
    }

    @ParameterizedTest
    @CsvSource({"fe80::1%eth0, fe80::1", "fe80::1%, fe80::1", "2001:db8::1, 2001:db8::1"})
    void removeZone_address_hasNoZone(String address, String plain) {
        assertThat(IpText.removeZone(address)).isEqualTo(plain);
    }
}
