package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.decoymx.net.IpPrefix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpfNetworkResolverTest {

    /** The zone of RFC 7208, appendix A, plus two addresses of a dual-stack host. */
    private static InMemoryDnsResolver example() {
        return new InMemoryDnsResolver()
                .withRecord("example.com", "A", "192.0.2.10")
                .withRecord("example.com", "A", "192.0.2.11")
                .withRecord("example.com", "MX", "mail-a.example.com")
                .withRecord("example.com", "MX", "mail-b.example.com")
                .withRecord("amy.example.com", "A", "192.0.2.65")
                .withRecord("bob.example.com", "A", "192.0.2.66")
                .withRecord("mail-a.example.com", "A", "192.0.2.129")
                .withRecord("mail-b.example.com", "A", "192.0.2.130")
                .withRecord("www.example.com", "A", "192.0.2.10")
                .withRecord("www.example.com", "A", "192.0.2.11")
                .withRecord("example.org", "MX", "mail-c.example.org")
                .withRecord("mail-c.example.org", "A", "192.0.2.140")
                .withRecord("six.example.org", "AAAA", "2001:db8:1:2::3")
                .withRecord("six.example.org", "A", "192.0.2.150");
    }

    private static SpfResult resolve(InMemoryDnsResolver zone) {
        return SpfNetworkResolver.resolve("example.com", zone);
    }

    private static String networksOf(SpfResult answer) {
        assertThat(answer).isInstanceOf(SpfResult.SpfNetworksFound.class);
        return String.join(
                " ",
                ((SpfResult.SpfNetworksFound) answer)
                        .networks().stream().map(IpPrefix::cidr).toList());
    }

    private static String reasonOf(SpfResult answer) {
        assertThat(answer).isInstanceOf(SpfResult.SpfResolutionFailed.class);
        return ((SpfResult.SpfResolutionFailed) answer).reason();
    }

    /** Records of RFC 7208, appendix A.1 and A.3, and variations. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "v=spf1 a -all                            | 192.0.2.10/32 192.0.2.11/32",
                "v=spf1 a:example.org -all a              | ",
                "v=spf1 a:amy.example.com -all            | 192.0.2.65/32",
                "v=spf1 mx -all                           | 192.0.2.129/32 192.0.2.130/32",
                "v=spf1 mx:example.org -all               | 192.0.2.140/32",
                "v=spf1 mx mx:example.org -all            | 192.0.2.129/32 192.0.2.130/32 192.0.2.140/32",
                "v=spf1 mx/30 mx:example.org/30 -all      | 192.0.2.128/30 192.0.2.140/30",
                "v=spf1 ip4:192.0.2.128/28 -all           | 192.0.2.128/28",
                "v=spf1 a:six.example.org/24//32 ~all     | 192.0.2.0/24 2001:db8::/32",
                "v=spf1 a:six.example.org//48 ~all        | 192.0.2.150/32 2001:db8:1::/48",
                "v=spf1 a:six.example.org ~all            | 192.0.2.150/32 2001:db8:1:2::3/128",
                "v=spf1 ip6:2001:db8::/32 ip6:2001:db9::1 | 2001:db8::/32 2001:db9::1/128",
                "V=SPF1 IP4:192.0.2.1 A:AMY.Example.COM ?ALL | 192.0.2.1/32 192.0.2.65/32",
                "v=spf1   +ip4:192.0.2.1   +a:amy.example.com.   | 192.0.2.1/32 192.0.2.65/32",
                "v=spf1 ip4:192.0.2.1 ip4:192.0.2.1/32    | 192.0.2.1/32",
                "v=spf1 -ip4:192.0.2.1 ~a ?mx ip4:192.0.2.2 | 192.0.2.2/32",
                "v=spf1 -include:gone.example.com ip4:192.0.2.2 | 192.0.2.2/32",
                "v=spf1 ip4:192.0.2.2 exp=%{i}.why.example.com moo=%{xir:hahaha(**^%%%{ | ",
                "v=spf1 ip4:192.0.2.2 exp=why.example.com moo=a%%%_%-%{d2r.}b | 192.0.2.2/32",
                "v=spf1 ip4:192.0.2.2 all ip4:192.0.2.3 redirect=gone.example.com | 192.0.2.2/32",
                "v=spf1 ip4:192.0.2.2 ptr ptr:example.com exists:%{ir}.example.com | 192.0.2.2/32",
                "v=spf1 ip4:192.0.2.2 include:%{d}._spf.example.com a:%{h} mx:%{o}/24 | 192.0.2.2/32",
                "v=spf1 ip4:0.0.0.0/0 ip4:10.0.0.0/7 ip4:10.0.0.0/8 | 10.0.0.0/8",
                "v=spf1 ip6::: ip6:::/0 ip6:2001::/18 ip6:2001:4000::/19 | ::/64 2001:4000::/19",
                "v=spf1 a:example.com/0 ip4:192.0.2.9     | 192.0.2.9/32",
            })
    void record_yieldsTheNetworksThatPass(String record, String networks) {
        SpfResult answer = resolve(example().withRecord("example.com", "TXT", record));
        if (networks == null) {
            reasonOf(answer);
        } else {
            assertThat(networksOf(answer)).isEqualTo(networks);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v=spf1 ip4:192.0.2.1 all:",
                "v=spf1 ip4:192.0.2.1 all/8",
                "v=spf1 ip4:192.0.2.1 -all.",
                "v=spf1 ip4:192.0.2.1 foo",
                "v=spf1 ip4:192.0.2.1 foo:bar",
                "v=spf1 ip4:192.0.2.1 !all",
                "v=spf1 ip4:192.0.2.1 =b",
                "v=spf1 ip4:192.0.2.1 redirect",
                "v=spf1 ip4:192.0.2.1 redirect=",
                "v=spf1 ip4:192.0.2.1 redirect=example.org redirect=example.org",
                "v=spf1 ip4:192.0.2.1 exp=example.org exp=example.org",
                "v=spf1 ip4:192.0.2.1 exp=",
                "v=spf1 ip4:192.0.2.1 include",
                "v=spf1 ip4:192.0.2.1 include:",
                "v=spf1 ip4:192.0.2.1 include/24",
                "v=spf1 ip4:192.0.2.1 include:example.org/24",
                "v=spf1 ip4:192.0.2.1 exists",
                "v=spf1 ip4:192.0.2.1 exists:example.org/24",
                "v=spf1 ip4:192.0.2.1 ptr:",
                "v=spf1 ip4:192.0.2.1 ptr/24",
                "v=spf1 ip4:192.0.2.1 a:",
                "v=spf1 ip4:192.0.2.1 a/",
                "v=spf1 ip4:192.0.2.1 a/33",
                "v=spf1 ip4:192.0.2.1 a/024",
                "v=spf1 ip4:192.0.2.1 a//129",
                "v=spf1 ip4:192.0.2.1 a/24/64",
                "v=spf1 ip4:192.0.2.1 a:museum",
                "v=spf1 ip4:192.0.2.1 a:museum.",
                "v=spf1 ip4:192.0.2.1 a:192.0.2.1",
                "v=spf1 ip4:192.0.2.1 a:example.-com",
                "v=spf1 ip4:192.0.2.1 a:example.com:8080",
                "v=spf1 ip4:192.0.2.1 mx:example.com/",
                "v=spf1 ip4:192.0.2.1 a:%{x}.example.com",
                "v=spf1 ip4:192.0.2.1 a:%{d.example.com",
                "v=spf1 ip4:192.0.2.1 a:%x.example.com",
                "v=spf1 ip4",
                "v=spf1 ip4:",
                "v=spf1 ip4:192.0.2",
                "v=spf1 ip4:192.0.2.256",
                "v=spf1 ip4:192.0.2.01",
                "v=spf1 ip4:192.0.2.1/33",
                "v=spf1 ip4:192.0.2.1/024",
                "v=spf1 ip4:192.0.2.1//32",
                "v=spf1 ip4:192.0.2.1:25",
                "v=spf1 ip4:2001:db8::1",
                "v=spf1 ip6:192.0.2.1",
                "v=spf1 ip6:2001:db8::1/129",
                "v=spf1 ip6:2001:db8::1::2",
                "v=spf1 ip6:2001:db8",
                "v=spf1 ip4:192.0.2.1\tip4:192.0.2.2",
                "v=spf1 ip4:192.0.2.1 m\u00fcx",
            })
    void invalidRecord_isRejected(String record) {
        assertThat(reasonOf(resolve(example().withRecord("example.com", "TXT", record))))
                .startsWith("the SPF record of example.com has ")
                .matches("[ -~]+");
    }

    @Test
    void record_isFoundAmongOtherTxtRecords_andMustBeUnique() {
        InMemoryDnsResolver zone = example()
                .withRecord("example.com", "TXT", "v=spf10 a")
                .withRecord("example.com", "TXT", "spf2.0/pra a")
                .withRecord("example.com", "TXT", "google-site-verification=x");
        assertThat(reasonOf(resolve(zone))).isEqualTo("example.com has no SPF record");
        zone.withRecord("example.com", "TXT", "v=spf1 ip4:192.0.2.1");
        assertThat(networksOf(resolve(zone))).isEqualTo("192.0.2.1/32");
        zone.withRecord("example.com", "TXT", "v=SPF1");
        assertThat(reasonOf(resolve(zone))).isEqualTo("example.com has more than one SPF record");
    }

    @Test
    void include_yieldsPassingNetworks_andRedirectAppliesWithoutAll() {
        InMemoryDnsResolver zone = example()
                .withRecord("example.com", "TXT", "v=spf1 include:a.test ?include:b.test redirect=c.test")
                .withRecord("a.test", "TXT", "v=spf1 ip4:192.0.2.1 -ip4:192.0.2.2 redirect=d.test")
                .withRecord("b.test", "TXT", "v=spf1 ip4:192.0.2.3")
                .withRecord("c.test", "TXT", "v=spf1 ip4:192.0.2.4 -all")
                .withRecord("d.test", "TXT", "v=spf1 a:amy.example.com");
        assertThat(networksOf(resolve(zone))).isEqualTo("192.0.2.1/32 192.0.2.65/32 192.0.2.4/32");
    }

    @Test
    void includeOrRedirect_withoutRecord_failsTheWholeRecord() {
        InMemoryDnsResolver zone = example().withRecord("example.com", "TXT", "v=spf1 ip4:192.0.2.1 include:none.test");
        assertThat(reasonOf(resolve(zone))).isEqualTo("none.test has no SPF record");
        InMemoryDnsResolver redirecting =
                example().withRecord("example.com", "TXT", "v=spf1 ip4:192.0.2.1 redirect=none.test");
        assertThat(reasonOf(resolve(redirecting))).isEqualTo("none.test has no SPF record");
        InMemoryDnsResolver invalidName = example().withRecord("example.com", "TXT", "v=spf1 include:a..test");
        assertThat(reasonOf(resolve(invalidName))).isEqualTo("a..test has no SPF record");
    }

    @Test
    void loop_endsAtTheLookupLimit() {
        InMemoryDnsResolver zone = example()
                .withRecord("example.com", "TXT", "v=spf1 ip4:192.0.2.1 include:a.test")
                .withRecord("a.test", "TXT", "v=spf1 include:example.com");
        assertThat(reasonOf(resolve(zone))).contains("exceeds the limit of 10 DNS lookups");
        assertThat(zone.queryCount()).isEqualTo(11);
    }

    @Test
    void lookups_areLimitedToTen_forAllQualifiers() {
        String tenLookups = "v=spf1 ip4:192.0.2.1 -a ?mx ptr exists:example.org" + " a:amy.example.com".repeat(6);
        assertThat(networksOf(resolve(example().withRecord("example.com", "TXT", tenLookups + " -all"))))
                .isEqualTo("192.0.2.1/32 192.0.2.65/32");
        assertThat(reasonOf(resolve(example().withRecord("example.com", "TXT", tenLookups + " a"))))
                .contains("exceeds the limit of 10 DNS lookups");
        assertThat(reasonOf(resolve(example().withRecord("example.com", "TXT", tenLookups + " redirect=example.org"))))
                .contains("exceeds the limit of 10 DNS lookups");
    }

    @Test
    void voidLookups_areLimitedToTwo() {
        String twoVoidLookups = "v=spf1 ip4:192.0.2.1 a:no.example.com mx:amy.example.com";
        assertThat(networksOf(resolve(example().withRecord("example.com", "TXT", twoVoidLookups))))
                .isEqualTo("192.0.2.1/32");
        assertThat(reasonOf(resolve(example().withRecord("example.com", "TXT", twoVoidLookups + " a:nor.example.com"))))
                .startsWith("no DNS records for nor.example.com");
    }

    @Test
    void mxHosts_areLimitedToTen_andNullMxIsAVoidLookup() {
        InMemoryDnsResolver zone =
                example().withRecord("example.com", "TXT", "v=spf1 ip4:192.0.2.1 mx:many.test mx:null.test");
        zone.withRecord("null.test", "MX", "");
        IntStream.range(0, 10).forEach(i -> zone.withRecord("many.test", "MX", "amy.example.com"));
        assertThat(networksOf(resolve(zone))).isEqualTo("192.0.2.1/32 192.0.2.65/32");
        zone.withRecord("many.test", "MX", "bob.example.com");
        assertThat(reasonOf(resolve(zone))).contains("many.test has more than 10 MX records");
    }

    @Test
    void networks_areLimitedToFiveThousand() {
        InMemoryDnsResolver zone = example();
        String first = String.join(
                " ",
                IntStream.range(0, 800)
                        .mapToObj(i -> "ip4:10." + i / 256 + "." + i % 256 + ".1")
                        .toList());
        zone.withRecord(
                "example.com",
                "TXT",
                "v=spf1 "
                        + Stream.of("a", "b", "c", "d", "e", "f", "g")
                                .map(name -> "include:" + name + ".test")
                                .reduce((one, other) -> one + " " + other)
                                .orElseThrow());
        int second = 10;
        for (String name : List.of("a", "b", "c", "d", "e", "f")) {
            zone.withRecord(name + ".test", "TXT", "v=spf1 " + first.replace("ip4:10.", "ip4:" + second++ + "."));
        }
        zone.withRecord("g.test", "TXT", "v=spf1 " + first.replace("ip4:10.", "ip4:" + second + "."));
        assertThat(reasonOf(resolve(zone))).isEqualTo("more than 5000 networks");
    }

    @Test
    void dnsFailure_atAnyName_isAFailure() {
        for (String name : List.of("example.com", "a.test", "amy.example.com")) {
            InMemoryDnsResolver zone = example()
                    .withRecord("example.com", "TXT", "v=spf1 ip4:192.0.2.1 include:a.test")
                    .withRecord("a.test", "TXT", "v=spf1 a:amy.example.com")
                    .withFailureOf(name);
            assertThat(reasonOf(resolve(zone))).endsWith(" of " + name + ": SERVFAIL from 192.0.2.53:53");
        }
    }

    @Test
    void skippedTerms_areReported() {
        InMemoryDnsResolver zone = example()
                .withRecord(
                        "example.com",
                        "TXT",
                        "v=spf1 ip4:192.0.2.1 ip4:0.0.0.0/0 exists:%{i}.example.com include:%{d}.example.com");
        assertThat(((SpfResult.SpfNetworksFound) resolve(zone)).skippedTerms())
                .containsExactly(
                        "0.0.0.0/0, which is too large",
                        "exists:%{i}.example.com, which cannot be enumerated",
                        "include:%{d}.example.com, which depends on the sender");
        assertThat(reasonOf(resolve(example().withRecord("example.com", "TXT", "v=spf1 exists:%{i}.example.com -all"))))
                .isEqualTo("the SPF record of example.com contains no usable networks:"
                        + " ignored exists:%{i}.example.com, which cannot be enumerated");
        assertThat(reasonOf(resolve(example().withRecord("example.com", "TXT", "v=spf1 -all"))))
                .isEqualTo("the SPF record of example.com contains no usable networks");
    }
}
