package org.decoymx.primary;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrimaryHostTest {
    @ParameterizedTest
    @CsvSource({
        "mx1.example.org, mx1.example.org, 25, mx1.example.org",
        "MX1.Example.Org:25, mx1.example.org, 25, mx1.example.org",
        "mx1.example.org:2525, mx1.example.org, 2525, mx1.example.org:2525",
        "localhost, localhost, 25, localhost",
        "mail_1.example.org, mail_1.example.org, 25, mail_1.example.org",
        "192.0.2.1, 192.0.2.1, 25, 192.0.2.1",
        "' 192.0.2.1:26 ', 192.0.2.1, 26, 192.0.2.1:26",
        "[2001:db8::1], 2001:db8::1, 25, [2001:db8::1]",
        "[2001:DB8::1]:26, 2001:db8::1, 26, [2001:db8::1]:26"
    })
    void validHost_isParsed(String text, String name, int port, String formatted) {
        assertThat(PrimaryHost.parse(text)).contains(new PrimaryHost(name, port));
        assertThat(new PrimaryHost(name, port)).hasToString(formatted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":25",
                "mx1.example.org:",
                "mx1.example.org:0",
                "mx1.example.org:65536",
                "mx1.example.org:smtp",
                "2001:db8::1",
                "[2001:db8::1",
                "[192.0.2.1]",
                "[mx1.example.org]",
                "[fe80::1%eth0]",
                "192.0.2.300",
                "192.0.2",
                "-mx.example.org",
                "mx..example.org",
                "mx1 example.org",
                "mx1.example.org/25",
                "smtp://mx1.example.org",
                "m\u00e4x.example.org"
            })
    void invalidHost_isRejected(String text) {
        assertThat(PrimaryHost.parse(text)).isEmpty();
    }
}
