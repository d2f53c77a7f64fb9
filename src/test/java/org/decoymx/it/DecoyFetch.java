package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A run of decoy-fetch with the URL, the file and the command of {@code NAME.env}, like
 * {@code decoy-fetch@NAME.service}.
 *
 * @param file the file for the list
 * @param command the whole command line
 */
record DecoyFetch(Path file, List<String> command) {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String SCRIPT = ConsumerFiles.path("decoy-fetch");

    /** A fetch of a URL into a file, followed by a command. */
    static DecoyFetch of(String url, Path file, String... command) {
        List<String> all = new ArrayList<>(List.of(SCRIPT, url, file.toString()));
        all.addAll(List.of(command));
        return new DecoyFetch(file, all);
    }

    /**
     * A fetch as configured in an {@code .env} file.
     *
     * @param name the file, relative to deploy/consumers
     * @param url replaces the decoy's URL, without a path
     * @param dir replaces /var/lib/decoy-fetch
     * @param pairs further texts to replace, each followed by its replacement
     */
    static DecoyFetch fromEnvFile(String name, String url, Path dir, String... pairs) {
        String text = ConsumerFiles.readAdapted(name, pairs)
                .replace("http://decoy.example.org:8080", url)
                .replace("/var/lib/decoy-fetch", dir.toString());
        String command = value(text, "COMMAND");
        return of(
                value(text, "URL"),
                Path.of(value(text, "FILE")),
                command.isEmpty() ? new String[0] : command.split(" ", -1));
    }

    /** The same fetch of both tiers: who was caught only once is a suspect, and no firewall blocks it. */
    DecoyFetch withSuspects() {
        List<String> changed = new ArrayList<>(command);
        String url = changed.get(1).replace("?tier=confirmed", "");
        changed.set(1, url + (url.contains("?") ? "&" : "?") + "tier=all");
        return new DecoyFetch(file, changed);
    }

    private static String value(String text, String key) {
        return text.lines()
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1))
                .findFirst()
                .orElseThrow();
    }

    /** Runs it and returns the result, whatever the exit code. */
    CompletedProgram run() {
        RealProgram.require("curl");
        return CompletedProgram.run(LIMIT, command.toArray(String[]::new));
    }

    /** Runs it; it must succeed, and the list must contain all these lines. */
    void assertFetches(String... lines) {
        CompletedProgram run = run();
        assertThat(run.code()).as(run.output()).isZero();
        assertThat(file).exists();
        assertThat(List.of(lines))
                .isSubsetOf(CompletedProgram.read(file).lines().toList());
    }

    /** Runs it while the decoy is down; it must exit with 1, print one line, and keep the list. */
    void assertFailsWhileDown() {
        String before = CompletedProgram.read(file);
        CompletedProgram run = run();
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.output().lines())
                .singleElement()
                .asString()
                .contains("Failed to connect to 127.0.0.1")
                .endsWith("the old list stays");
        assertThat(file).hasContent(before);
    }
}
