package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real rbldnsd serves the feed as a zone, and dig asks it. */
class RbldnsdIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String ZONE = "bl.example.org";
    private static final String IPV6_CLIENT = "2001:db8:7:8::9";
    private static final String CONFIRMED = "127.0.65.1";

    private static DecoyProcess decoy;
    private static Path dir;
    private static DecoyFetch fetch;
    private static Rbldnsd rbldnsd;

    @BeforeAll
    static void start() throws IOException {
        RealProgram.requireRoot();
        RealProgram.require("rbldnsd");
        RealProgram.require("dig");
        decoy = TrialDecoy.start(TrialDecoy.QUICK_TIERS);
        TrialDecoy.listClient(decoy, IPV6_CLIENT, IPV6_CLIENT);
        TrialDecoy.listIpv6Network(decoy, "2001:db8:7:a::");
        TrialDecoy.listClient(decoy, "127.0.0.1", "127.0.0.1");
        TrialDecoy.confirmClient(decoy, CONFIRMED);
        dir = TestResources.createDirectory("rbldnsd");
        fetch = DecoyFetch.fromEnvFile("rbldnsd/rbldnsd.env", decoy.url(""), dir)
                .withSuspects();
        fetch.assertFetches("127.0.0.61", "127.0.62.0/24", IPV6_CLIENT, "2001:db8:7:a::/64");
        rbldnsd = new Rbldnsd(dir, ZONE, fetch.file());
    }

    @AfterAll
    static void stop() {
        if (rbldnsd != null) {
            rbldnsd.close();
        }
        if (decoy != null) {
            decoy.close();
            TestResources.delete(dir);
        }
    }

    private static List<String> dig(String type, String name) {
        return Rbldnsd.dig(rbldnsd.port(), type, name);
    }

    private static List<String> returnCodes(String reversed) {
        return dig("A", reversed + "." + ZONE);
    }

    /** The 32 nibbles of the address {@code 2001:db8:7:n::9} in reverse order. */
    private static String nibbles(char network) {
        return "9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0." + network + ".0.0.0.7.0.0.0.8.b.d.0.1.0.0.2";
    }

    @Test
    void zone_isLoadedWithoutWarnings() {
        assertThat(rbldnsd.log()).doesNotContain("warning").doesNotContain("error");
        assertThat(dig("SOA", ZONE))
                .singleElement()
                .asString()
                .startsWith("decoymx.invalid. hostmaster.decoymx.invalid. ");
    }

    @Test
    void listedAddresses_haveAReturnCodeAndAText() {
        assertThat(returnCodes("61.0.0.127")).containsExactly("127.0.0.2");
        assertThat(returnCodes("99.62.0.127")).containsExactly("127.0.0.2");
        assertThat(returnCodes(nibbles('8'))).containsExactly("127.0.0.2");
        assertThat(returnCodes(nibbles('a'))).containsExactly("127.0.0.2");
        assertThat(dig("TXT", "61.0.0.127." + ZONE))
                .containsExactly("\"127.0.0.61 was caught by a decoy MX. Mail is deferred, not rejected. It is accepted"
                        + " when your mail server tries again later.\"");
        assertThat(dig("TXT", nibbles('8') + "." + ZONE))
                .singleElement()
                .asString()
                .contains("was caught by a decoy MX");
    }

    @Test
    void confirmedAddress_hasItsOwnReturnCode_andIsAloneInTheListByDefault() throws IOException {
        assertThat(returnCodes("1.65.0.127")).containsExactly("127.0.0.4");
        assertThat(dig("TXT", "1.65.0.127." + ZONE))
                .containsExactly("\"127.0.65.1 was caught by a decoy MX. Mail is rejected.\"");
        DecoyFetch byDefault = DecoyFetch.fromEnvFile("rbldnsd/rbldnsd.env", decoy.url(""), dir);
        Path file = dir.resolve("confirmed");
        DecoyFetch confirmed = DecoyFetch.of(byDefault.command().get(1), file);
        confirmed.assertFetches(CONFIRMED);
        assertThat(CompletedProgram.read(file).lines()).doesNotContain("127.0.0.61", "127.0.62.0/24");
    }

    @Test
    void unlistedAddresses_haveNoRecord() {
        assertThat(returnCodes("63.0.0.127")).isEmpty();
        assertThat(returnCodes("1.61.0.127")).isEmpty();
        assertThat(returnCodes(nibbles('9'))).isEmpty();
        assertThat(returnCodes(nibbles('8').replaceFirst("9", "8"))).isEmpty();
    }

    /** RFC 5782 section 5: 127.0.0.1 is not listed, although it mailed the decoy. */
    @Test
    void testEntries_areServed() {
        assertThat(returnCodes("2.0.0.127")).containsExactly("127.0.0.2");
        assertThat(returnCodes("1.0.0.127")).isEmpty();
        assertThat(returnCodes("2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"))
                .containsExactly("127.0.0.2");
        assertThat(returnCodes("1.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"))
                .isEmpty();
    }

    @Test
    void newList_isReloaded() throws IOException {
        assertThat(returnCodes("1.64.0.127")).isEmpty();
        TrialDecoy.listClient(decoy, "127.0.64.1", "127.0.64.1");
        fetch.assertFetches("127.0.64.1");
        await("127.0.64.1 in the zone").atMost(LIMIT).until(() -> !returnCodes("1.64.0.127")
                .isEmpty());
        assertThat(returnCodes("61.0.0.127")).containsExactly("127.0.0.2");
    }
}
