package org.decoymx.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostNameFormatTest {
    private static final String LABEL = "a23456789-123456789-123456789-123456789-123456789-123456789-123";
    private static final String LONGEST = LABEL + "." + LABEL + "." + LABEL + "." + LABEL.substring(2);

    private final HostNameFormat format = new HostNameFormat();

    @ParameterizedTest
    @ValueSource(strings = {"mx9.example.org", "MX9.Example.ORG.", "decoy", "my_decoy", "3f2a9c1b7d4e", "123456"})
    void hostName_isAccepted(String value) {
        assertThat(format.accepts(value)).isTrue();
    }

    @Test
    void longestName_has253Characters() {
        assertThat(LONGEST).hasSize(253);
        assertThat(format.accepts(LONGEST)).isTrue();
        assertThat(format.accepts(LONGEST + "a")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                ".example.org",
                "mx9..example.org",
                "mx9.example.org..",
                " mx9.example.org",
                "mx9.example.org\n",
                "mx9.ex\u00e4mple.org",
                "mx9.example.org:25",
                "192.0.2.1",
                "a" + LABEL
            })
    void whatDnsCannotHave_isRefused(String value) {
        assertThat(format.accepts(value)).isFalse();
    }
}
