package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

/** Files of {@code deploy/consumers}, changed as an administrator changes them: hosts, ports and paths. */
final class ConsumerFiles {
    private static final Path CONSUMERS = Path.of("deploy/consumers").toAbsolutePath();

    private ConsumerFiles() {}

    /** Where a file is. */
    static String path(String file) {
        return CONSUMERS.resolve(file).toString();
    }

    /**
     * A file's text; the test fails when there is nothing to change, as then it would not test what the file says.
     *
     * @param pairs what is in the file, what is to be there, and so on
     */
    static String readAdapted(String file, String... pairs) {
        String text = CompletedProgram.read(CONSUMERS.resolve(file));
        for (int i = 0; i < pairs.length; i += 2) {
            assertThat(text).as(file).contains(pairs[i]);
            text = text.replace(pairs[i], pairs[i + 1]);
        }
        return text;
    }
}
