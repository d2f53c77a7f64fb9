package org.decoymx.smtp.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProtectedDomainsTest {
    private static ProtectedDomains domains(String... names) {
        return new ProtectedDomains(List.of(names));
    }

    private static MailPath recipientAt(String domain) {
        return new MailPath("b", domain);
    }

    @Test
    void domains_notSet_protectAllRecipients() {
        assertThat(domains().isTrialMode()).isTrue();
        assertThat(domains().protects(recipientAt("example.com"))).isTrue();
        assertThat(domains("example.org").isTrialMode()).isFalse();
    }

    @Test
    void domain_set_isProtectedIgnoringCase() {
        assertThat(domains("Example.ORG").protects(recipientAt("eXample.org"))).isTrue();
        assertThat(domains("example.org").protects(recipientAt("sub.example.org")))
                .isFalse();
        assertThat(domains("example.org").protects(recipientAt("example.org.example.com")))
                .isFalse();
        assertThat(domains("example.org").protects(recipientAt("badexample.org")))
                .isFalse();
    }

    @Test
    void domain_withLeadingDot_includesSubdomains() {
        assertThat(domains(".example.org").protects(recipientAt("example.org"))).isTrue();
        assertThat(domains(".example.org").protects(recipientAt("a.b.example.org")))
                .isTrue();
        assertThat(domains(".example.org").protects(recipientAt("badexample.org")))
                .isFalse();
        assertThat(domains(".example.org").protects(recipientAt("org"))).isFalse();
    }

    @Test
    void domain_withTrailingDot_isTheSameDomain() {
        assertThat(domains("example.org.").protects(recipientAt("example.org"))).isTrue();
        assertThat(domains(".example.org.").protects(recipientAt("a.example.org")))
                .isTrue();
    }

    @Test
    void domain_internationalized_matchesInBothForms() {
        String utf8 = "m\u00c3\u00bcnchen.example";
        assertThat(domains("m\u00fcnchen.example").protects(recipientAt("xn--mnchen-3ya.example")))
                .isTrue();
        assertThat(domains("m\u00fcnchen.example").protects(recipientAt(utf8))).isTrue();
        assertThat(domains("xn--mnchen-3ya.example").protects(recipientAt(utf8)))
                .isTrue();
        assertThat(domains("m\u00fcnchen.example").protects(recipientAt("m\u00fcnchen.example")))
                .isFalse();
    }

    @Test
    void recipient_withSenderSpecifiedRouting_isNotProtected() {
        for (String local :
                new String[] {"user%foreign.example", "foreign.example!user", "\"user@foreign.example\"", "%", "!", "@"
                }) {
            assertThat(domains("example.org").protects(new MailPath(local, "example.org")))
                    .isFalse();
        }
    }

    @Test
    void postmaster_withoutDomain_isAlwaysProtected() {
        assertThat(domains("example.org").protects(new MailPath("POSTMASTER", "")))
                .isTrue();
        assertThat(domains("example.org").protects(new MailPath("postmaster", "example.com")))
                .isFalse();
    }

    @Test
    void domainName_invalid_isRejectedAndQuoted() {
        for (String invalid : List.of(
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
            assertThatThrownBy(() -> domains(invalid))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("'" + invalid + "' is not a valid domain name");
        }
    }

    @Test
    void hostNameOfADecoy_isProtected_onlyIfItIsNamed() {
        List<String> decoys = List.of("MX9.example.org.", "mx8.example.org");
        ProtectedDomains subdomains = new ProtectedDomains(List.of(".example.org"), decoys);
        assertThat(subdomains.protects(recipientAt("mx9.Example.org"))).isFalse();
        assertThat(subdomains.protects(recipientAt("mx8.example.org"))).isFalse();
        assertThat(subdomains.protects(recipientAt("mx1.example.org"))).isTrue();
        assertThat(new ProtectedDomains(List.of(".example.org", "mx9.example.org"), decoys)
                        .protects(recipientAt("mx9.example.org")))
                .isTrue();
        assertThat(new ProtectedDomains(List.of(".example.org"), List.of("example.org"))
                        .protects(recipientAt("example.org")))
                .isTrue();
    }
}
