package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** Requests and checks of the exemption tests, as the administrator. */
final class ExemptionCalls {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration DELIST_LIMIT = Duration.ofSeconds(2);

    /** The decoy checks a file every 2 seconds. */
    static final Duration FILE_CHECK_LIMIT = Duration.ofSeconds(10);

    static final String TOKEN = "test-token-0123456789";

    private ExemptionCalls() {}

    static DecoyProcess startIn(Path dir, String... settings) {
        return DecoyProcess.start(
                Stream.of(DecoyWithLedger.settings(dir), new String[] {"decoy.admin.token=" + TOKEN}, settings)
                        .flatMap(Stream::of)
                        .toArray(String[]::new));
    }

    static void assertListed(DecoyProcess decoy, String client, String entry) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                .startsWith("451 ");
        decoy.awaitListed(entry);
    }

    /** The client sends mail, and its session is counted, but it is not listed. */
    static void assertNotListed(DecoyProcess decoy, String client, int sessions) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                .startsWith("451 ");
        assertThat(decoy.awaitSender(client, sessions)).contains("\"listed\":false", "Its address is exempt: ");
        assertThat(decoy.feedEntries()).doesNotContain(client);
    }

    static void awaitDelisted(DecoyProcess decoy, String entry) {
        Stopwatch.start()
                .within(DELIST_LIMIT, () -> assertThat(decoy.feedEntries()).doesNotContain(entry));
    }

    static CompletedProgram curl(DecoyProcess decoy, String method, String path, String... options) {
        return curlWithoutToken(
                decoy,
                method,
                path,
                Stream.of(new String[] {"-u", "admin:" + TOKEN}, options)
                        .flatMap(Stream::of)
                        .toArray(String[]::new));
    }

    static CompletedProgram curlWithoutToken(DecoyProcess decoy, String method, String path, String... options) {
        String[] command = {RealProgram.require("curl"), "-gsSi", "-m", "100", "-X", method, decoy.url(path)};
        return CompletedProgram.run(
                LIMIT, Stream.of(command, options).flatMap(Stream::of).toArray(String[]::new));
    }

    static void assertResponse(CompletedProgram run, int code, String... texts) {
        assertThat(run.output()).startsWith("HTTP/1.1 " + code + " ");
        for (String text : texts) {
            assertThat(run.output()).contains(text);
        }
    }
}
