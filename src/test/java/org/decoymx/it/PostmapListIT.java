package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Postfix's own postmap finds every entry of the list that decoy-fetch brings; it can ask for any address. */
class PostmapListIT {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String RESULT = "REJECT 5.7.1 Caught by a decoy MX";

    private final String postmap = RealProgram.require("postmap");

    private Run looksUp(String client, Path file) {
        return Run.of(LIMIT, postmap, "-q", client, "cidr:" + file);
    }

    @Test
    void postmap_findsEveryEntry_ofBothFamilies_andNoOther() throws IOException {
        Path dir = Scratch.directory("postmap-list");
        try (Decoy decoy = Caught.decoy()) {
            String entry = "2001:db8:7:8::/64";
            Caught.catches(decoy, "2001:db8:7:8::9", entry);
            Fetch fetch = Fetch.env("postfix/postfix.env", decoy.url(""), dir, "postfix reload", "true");
            fetch.gets("127.0.0.61/32 " + RESULT, Caught.NETWORK + " " + RESULT, entry + " " + RESULT);
            for (String client : List.of(Caught.LISTED, Caught.IN_NETWORK, "2001:db8:7:8::1", "2001:db8:7:8:ffff::")) {
                assertThat(looksUp(client, fetch.file())).as(client).isEqualTo(new Run(0, RESULT + "\n"));
            }
            for (String client : List.of(Caught.STRANGER, "127.0.61.1", "2001:db8:7:9::1", "2001:db8:7:7::1")) {
                assertThat(looksUp(client, fetch.file())).as(client).isEqualTo(new Run(1, ""));
            }
        } finally {
            Scratch.delete(dir);
        }
    }
}
