package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Postfix's postmap(1) finds each entry of the list that decoy-fetch downloads; it can query any address. */
class PostmapListIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String RESULT = "DEFER_IF_PERMIT 4.7.1 Caught by a decoy MX, try again later";

    private final String postmap = RealProgram.require("postmap");

    private CompletedProgram lookUp(String client, Path file) {
        return CompletedProgram.run(LIMIT, postmap, "-q", client, "cidr:" + file);
    }

    @Test
    void postmap_ofListedAddresses_findsThem_andNoOthers() throws IOException {
        Path dir = TestResources.createDirectory("postmap-list");
        try (DecoyProcess decoy = TrialDecoy.start()) {
            String entry = "2001:db8:7:8::/64";
            TrialDecoy.listIpv6Network(decoy, "2001:db8:7:8::");
            TrialDecoy.listClient(decoy, "2001:db8:7:9::9", "2001:db8:7:9::9");
            DecoyFetch fetch =
                    DecoyFetch.fromEnvFile("postfix/postfix.env", decoy.url(""), dir, "postfix reload", "true");
            fetch.assertFetches(
                    "127.0.0.61/32 " + RESULT,
                    TrialDecoy.NETWORK + " " + RESULT,
                    entry + " " + RESULT,
                    "2001:db8:7:9::9/128 " + RESULT);
            for (String client : List.of(
                    TrialDecoy.LISTED,
                    TrialDecoy.IN_NETWORK,
                    "2001:db8:7:8::9",
                    "2001:db8:7:8:ffff::",
                    "2001:db8:7:9::9")) {
                assertThat(lookUp(client, fetch.file())).as(client).isEqualTo(new CompletedProgram(0, RESULT + "\n"));
            }
            for (String client : List.of(TrialDecoy.UNLISTED, "127.0.61.1", "2001:db8:7:9::1", "2001:db8:7:7::1")) {
                assertThat(lookUp(client, fetch.file())).as(client).isEqualTo(new CompletedProgram(1, ""));
            }
        } finally {
            TestResources.delete(dir);
        }
    }
}
