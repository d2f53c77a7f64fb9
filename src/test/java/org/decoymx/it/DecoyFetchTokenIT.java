package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** decoy-fetch with a decoy that requires a token. */
class DecoyFetchTokenIT {
    private static final String TOKEN = "a-token-with-\"-in-it";

    private final Path dir = TestResources.createDirectory("fetch-token");
    private final Path file = dir.resolve("list");
    private final Path token = dir.resolve("token");
    private final DecoyProcess decoy = DecoyProcess.start("decoy.feed.access=token", "decoy.feed.tokens=" + TOKEN);

    @AfterEach
    void clean() {
        decoy.killAndDelete();
        TestResources.delete(dir);
    }

    private DecoyFetch fetch(String... environment) {
        DecoyFetch plain = DecoyFetch.of(decoy.url("/feeds/plain"), file);
        List<String> command = new ArrayList<>(List.of("env"));
        command.addAll(List.of(environment));
        command.addAll(plain.command());
        return new DecoyFetch(file, command);
    }

    private Object stateFileKey() throws IOException {
        return Files.readAttributes(dir.resolve("list.state"), BasicFileAttributes.class)
                .fileKey();
    }

    private void assertUnauthorized(CompletedProgram run, String listStatus) {
        assertThat(run)
                .isEqualTo(new CompletedProgram(
                        1, "decoy-fetch: " + decoy.url("/feeds/plain") + ": HTTP status 401; " + listStatus + "\n"));
    }

    @Test
    void list_requiresToken_andIsKeptWhenUnauthorized() throws IOException {
        String withToken = "DECOYMX_TOKEN_FILE=" + token;
        Files.writeString(token, "wrong\n");
        assertUnauthorized(fetch().run(), "there is no list yet");
        assertUnauthorized(fetch(withToken).run(), "there is no list yet");
        assertThat(file).doesNotExist();

        Files.writeString(token, TOKEN + "\n");
        assertThat(fetch(withToken).run()).isEqualTo(new CompletedProgram(0, ""));
        assertThat(CompletedProgram.read(file)).startsWith("# ").endsWith("\n");
        Object before = stateFileKey();
        assertThat(fetch(withToken).run()).isEqualTo(new CompletedProgram(0, ""));
        assertThat(stateFileKey())
                .as("the state file is replaced unless the response is a 304")
                .isEqualTo(before);

        String list = CompletedProgram.read(file);
        assertUnauthorized(fetch().run(), "the old list stays");
        assertThat(file).hasContent(list);
    }
}
