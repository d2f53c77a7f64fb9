package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parses addresses. */
class OriginTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "2001:db8::1, 2001:db8::/64",
        "2001:DB8:0:1:ffff::, 2001:db8:0:1::/64",
        "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::/64",
        "::, ::/64",
        "::1, ::/64",
        "::ffff:192.0.2.1, 192.0.2.1",
        "::FFFF:192.0.2.1, 192.0.2.1",
        "0:0:0:0:0:ffff:192.0.2.1, 192.0.2.1",
        "::ffff:c000:201, 192.0.2.1"
    })
    void parse_address_isItselfOrItsNetwork(String address, String origin) {
        assertThat(Origin.parse(address)).map(Origin::toString).contains(origin);
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
        assertThat(Origin.parse(text)).isEmpty();
    }
}
