package org.decoymx.primary;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.decoymx.dns.MxHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MxOrderTest {
    private static final Set<String> DECOYS = Set.of("mx8.example.org", "mx9.example.org");

    private static MxOrder order(String hosts) {
        return new MxOrder(
                Stream.of(hosts.split(", ", -1))
                        .filter(host -> !host.isEmpty())
                        .map(host -> host.split(" ", -1))
                        .map(host -> new MxHost(host[1].equals(".") ? "" : host[1], Integer.parseInt(host[0])))
                        .toList(),
                DECOYS);
    }

    @ParameterizedTest(name = "{0}: worst {1}, better {2}")
    @CsvSource(delimiter = '|', textBlock = """
            10 mx1.example.org, 20 mx9.example.org                                         | true  | mx1.example.org
            10 mx1.example.org, 10 mx2.example.org, 20 mx9.example.org | true  | mx1.example.org mx2.example.org
            10 mx1.example.org, 20 mx8.example.org, 30 mx9.example.org                     | true  | mx1.example.org
            10 mx1.example.org, 20 mx8.example.org, 20 mx9.example.org                     | true  | mx1.example.org
            10 mx1.example.org, 20 mx9.example.org, 30 mx2.example.org                     | false | mx1.example.org
            10 mx1.example.org, 20 mx9.example.org, 20 mx2.example.org                     | false | mx1.example.org
            5 mx8.example.org, 10 mx1.example.org, 20 mx9.example.org                      | false | ''
            10 mx9.example.org, 20 mx1.example.org                                         | false | ''
            10 mx9.example.org                                                             | false | ''
            10 mx8.example.org, 10 mx9.example.org                                         | false | ''
            10 mx1.example.org, 20 mx7.example.org                                         | false | ''
            0 .                                                                            | false | ''
            ''                                                                             | false | ''
            """)
    void decoy_isWorst_ifAllFromItOnAreDecoys_andABetterExists(String hosts, boolean worst, String better) {
        assertThat(order(hosts).isDecoyWorst()).isEqualTo(worst);
        assertThat(String.join(" ", order(hosts).betterHosts())).isEqualTo(better);
        assertThat(order(hosts).problem().isEmpty()).isEqualTo(worst);
    }

    @Test
    void problem_saysWhatWasLookedFor_andWhatDnsHas() {
        assertThat(order("10 mx9.example.org, 20 mx1.example.org").problem())
                .hasValue("no MX is better than mx8.example.org or mx9.example.org; DNS has 10 mx9.example.org, 20"
                        + " mx1.example.org");
        assertThat(order("10 mx1.example.org").problem())
                .hasValue("no MX is named mx8.example.org or mx9.example.org; DNS has 10 mx1.example.org");
        assertThat(order("10 mx1.test, 20 mx9.example.org, 20 mx2.test").problem())
                .hasValue("another MX is not better than mx8.example.org or mx9.example.org; DNS has 10 mx1.test, 20"
                        + " mx9.example.org, 20 mx2.test");
        assertThat(order("0 .").problem())
                .hasValueSatisfying(text -> assertThat(text).endsWith("DNS has 0 ."));
        assertThat(order("").problem())
                .hasValue("no MX record, so that mail goes to the domain itself; expected mx8.example.org or"
                        + " mx9.example.org as the worst MX, and a better one");
    }

    @Test
    void problem_isBounded() {
        List<MxHost> many = IntStream.range(0, 1_000)
                .mapToObj(i -> new MxHost("h" + i + ".example.org", i))
                .toList();
        assertThat(new MxOrder(many, DECOYS).problem())
                .hasValueSatisfying(
                        text -> assertThat(text).hasSizeLessThan(500).endsWith("7 h7.example.org, and more"));
    }
}
