package org.decoymx.smtp.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProtectedDomainsTest {
    private static ProtectedDomains of(String... names) {
        return new ProtectedDomains(List.of(names));
    }

    private static MailPath at(String domain) {
        return new MailPath("b", domain);
    }

    @Test
    void domains_none_protectAll() {
        assertThat(of().isTrialMode()).isTrue();
        assertThat(of().protects(at("example.com"))).isTrue();
        assertThat(of("example.org").isTrialMode()).isFalse();
    }

    @Test
    void domain_named_isProtectedInAnyCase() {
        assertThat(of("Example.ORG").protects(at("eXample.org"))).isTrue();
        assertThat(of("example.org").protects(at("sub.example.org"))).isFalse();
        assertThat(of("example.org").protects(at("example.org.example.com"))).isFalse();
        assertThat(of("example.org").protects(at("badexample.org"))).isFalse();
    }

    @Test
    void domain_withLeadingDot_takesSubdomainsIn() {
        assertThat(of(".example.org").protects(at("example.org"))).isTrue();
        assertThat(of(".example.org").protects(at("a.b.example.org"))).isTrue();
        assertThat(of(".example.org").protects(at("badexample.org"))).isFalse();
        assertThat(of(".example.org").protects(at("org"))).isFalse();
    }

    @Test
    void domain_withFinalDot_isTheSame() {
        assertThat(of("example.org.").protects(at("example.org"))).isTrue();
        assertThat(of(".example.org.").protects(at("a.example.org"))).isTrue();
    }

    @Test
    void domain_beyondAscii_isTheSameInBothForms() {
        String utf8 = "m\u00c3\u00bcnchen.example";
        assertThat(of("m\u00fcnchen.example").protects(at("xn--mnchen-3ya.example")))
                .isTrue();
        assertThat(of("m\u00fcnchen.example").protects(at(utf8))).isTrue();
        assertThat(of("xn--mnchen-3ya.example").protects(at(utf8))).isTrue();
        assertThat(of("m\u00fcnchen.example").protects(at("m\u00fcnchen.example")))
                .isFalse();
    }

    @Test
    void recipient_routed_isNotProtected() {
        for (String local : new String[] {"user%foreign.example", "foreign.example!user", "\"user@foreign.example\""}) {
            assertThat(of("example.org").protects(new MailPath(local, "example.org")))
                    .isFalse();
        }
    }

    @Test
    void postmaster_withoutDomain_isAlwaysProtected() {
        assertThat(of("example.org").protects(new MailPath("POSTMASTER", ""))).isTrue();
        assertThat(of("example.org").protects(new MailPath("postmaster", "example.com")))
                .isFalse();
    }

    @Test
    void name_thatIsNone_isQuoted() {
        for (String bad : List.of(
                "",
                ".",
                "..",
                "a..b",
                "com",
                "foo bar.example",
                "a_b.example",
                "-a.example",
                "x".repeat(64) + ".example",
                "mail@example.org")) {
            assertThatThrownBy(() -> of(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("'" + bad + "' is no domain name");
        }
    }
}
