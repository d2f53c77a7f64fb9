package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** What tests of exemptions ask the decoy for, as the administrator. */
final class ExemptionCalls {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration PROMPTLY = Duration.ofSeconds(2);

    /** A file is looked at every 2 seconds. */
    static final Duration SOON = Duration.ofSeconds(10);

    static final String TOKEN = "test-token-0123456789";

    private ExemptionCalls() {}

    static DecoyProcess startIn(Path dir, String... settings) {
        return DecoyProcess.start(
                Stream.of(DecoyWithLedger.settings(dir), new String[] {"decoy.admin.token=" + TOKEN}, settings)
                        .flatMap(Stream::of)
                        .toArray(String[]::new));
    }

    static void catches(DecoyProcess decoy, String client, String listed) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                .startsWith("451 ");
        decoy.awaitListed(listed);
    }

    /** Comes, is counted, and is not listed. */
    static void spares(DecoyProcess decoy, String client, int sessions) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                .startsWith("451 ");
        assertThat(decoy.awaitSender(client, sessions)).contains("\"listed\":false", "Its address is exempt: ");
        assertThat(decoy.feedEntries()).doesNotContain(client);
    }

    static void promptlyDrops(DecoyProcess decoy, String listed) {
        Stopwatch.start().within(PROMPTLY, () -> assertThat(decoy.feedEntries()).doesNotContain(listed));
    }

    static CompletedProgram curl(DecoyProcess decoy, String method, String path, String... options) {
        return anonymous(
                decoy,
                method,
                path,
                Stream.of(new String[] {"-u", "admin:" + TOKEN}, options)
                        .flatMap(Stream::of)
                        .toArray(String[]::new));
    }

    static CompletedProgram anonymous(DecoyProcess decoy, String method, String path, String... options) {
        String[] command = {RealProgram.require("curl"), "-gsSi", "-m", "100", "-X", method, decoy.url(path)};
        return CompletedProgram.run(
                LIMIT, Stream.of(command, options).flatMap(Stream::of).toArray(String[]::new));
    }

    static void answers(CompletedProgram run, int code, String... words) {
        assertThat(run.output()).startsWith("HTTP/1.1 " + code + " ");
        for (String word : words) {
            assertThat(run.output()).contains(word);
        }
    }
}
