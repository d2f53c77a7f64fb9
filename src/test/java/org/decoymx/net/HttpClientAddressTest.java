package org.decoymx.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpClientAddressTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "192.0.2.1:80, 192.0.2.1",
        "2001:db8::1, 2001:db8::1",
        "[2001:db8::1], 2001:db8::1",
        "[2001:db8::1]:80, 2001:db8::1",
        "unknown, unknown",
        "[, [",
        ":, ''"
    })
    void port_isNoPartOfTheAddress(String text, String address) {
        assertThat(HttpClientAddress.withoutPort(text)).isEqualTo(address);
    }
}
