package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Any records yield a bounded set of networks or a bounded error message. */
class SpfNetworkResolverProperties {
    private static final List<String> PIECES = List.of(
            " ",
            "  ",
            "+",
            "-",
            "~",
            "?",
            "a",
            "mx",
            "ip4",
            "ip6",
            "ptr",
            "exists",
            "include",
            "all",
            "redirect=",
            "exp=",
            ":",
            "/",
            "//",
            "=",
            ".",
            "%",
            "%{",
            "}",
            "%%",
            "{d}",
            "{ir}",
            "24",
            "0",
            "129",
            "192.0.2.1",
            "2001:db8::",
            "a.test",
            "b.test",
            "x",
            "\u00e4",
            "\t",
            "\u0000");

    @Provide
    Arbitrary<String> records() {
        Arbitrary<String> pieces =
                Arbitraries.of(PIECES).list().ofMaxSize(40).map(list -> "v=spf1 " + String.join("", list));
        Arbitrary<String> terms = Arbitraries.of(
                        "a:a.test",
                        "mx:b.test",
                        "include:a.test",
                        "include:b.test",
                        "ip4:192.0.2.0/24",
                        "ptr",
                        "?a",
                        "mx/8")
                .list()
                .ofMaxSize(15)
                .map(list -> "v=spf1 " + String.join(" ", list));
        Arbitrary<String> noise = Arbitraries.strings().ofMaxLength(60).map(text -> "v=spf1 " + text);
        return Arbitraries.oneOf(pieces, terms, noise);
    }

    @Property
    void anyRecords_yieldBoundedNetworks_orAReason(@ForAll("records") String first, @ForAll("records") String second) {
        InMemoryDnsResolver zone = new InMemoryDnsResolver()
                .withRecord("a.test", "TXT", first)
                .withRecord("b.test", "TXT", second)
                .withRecord("a.test", "A", "192.0.2.1")
                .withRecord("b.test", "MX", "a.test");

        SpfResult answer = SpfNetworkResolver.resolve("a.test", zone);

        assertThat(zone.queryCount()).isLessThan(11 * 22);
        if (answer instanceof SpfResult.SpfNetworksFound found) {
            assertThat(found.networks()).isNotEmpty().noneMatch(SpfNetworkResolver::isTooWide);
        } else {
            assertThat(((SpfResult.SpfResolutionFailed) answer).reason())
                    .isNotBlank()
                    .hasSizeLessThan(400)
                    .matches("[ -~]+");
        }
    }

    @Property(tries = 20)
    void longRecords_areHandled(@ForAll("records") String piece) {
        InMemoryDnsResolver zone = new InMemoryDnsResolver()
                .withRecord("a.test", "TXT", "v=spf1 " + piece.substring(7).repeat(2_000));
        assertThat(SpfNetworkResolver.resolve("a.test", zone)).isNotNull();
    }
}
