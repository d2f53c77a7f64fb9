package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

/** Files of {@code deploy/consumers}, with hosts, ports and paths adapted as an administrator does. */
public final class ConsumerFiles {
    private static final Path CONSUMERS = Path.of("deploy/consumers").toAbsolutePath();

    private ConsumerFiles() {}

    /** The absolute path of a file. */
    static String path(String file) {
        return CONSUMERS.resolve(file).toString();
    }

    /**
     * Reads a file and replaces texts. The test fails if a text is missing, because it would not test the shipped file.
     *
     * @param pairs the texts to replace, each followed by its replacement
     */
    public static String readAdapted(String file, String... pairs) {
        String text = CompletedProgram.read(CONSUMERS.resolve(file));
        for (int i = 0; i < pairs.length; i += 2) {
            assertThat(text).as(file).contains(pairs[i]);
            text = text.replace(pairs[i], pairs[i + 1]);
        }
        return text;
    }
}
