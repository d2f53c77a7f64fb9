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

/** decoy-fetch at a decoy that wants a token. */
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

    private Object state() throws IOException {
        return Files.readAttributes(dir.resolve("list.state"), BasicFileAttributes.class)
                .fileKey();
    }

    private void isRefused(CompletedProgram run, String kept) {
        assertThat(run)
                .isEqualTo(new CompletedProgram(
                        1, "decoy-fetch: " + decoy.url("/feeds/plain") + ": HTTP status 401; " + kept + "\n"));
    }

    @Test
    void list_isHadWithTheToken_andNotSentAgain_andStaysWithAWrongOne() throws IOException {
        String withToken = "DECOYMX_TOKEN_FILE=" + token;
        Files.writeString(token, "wrong\n");
        isRefused(fetch().run(), "there is no list yet");
        isRefused(fetch(withToken).run(), "there is no list yet");
        assertThat(file).doesNotExist();

        Files.writeString(token, TOKEN + "\n");
        assertThat(fetch(withToken).run()).isEqualTo(new CompletedProgram(0, ""));
        assertThat(CompletedProgram.read(file)).startsWith("# ").endsWith("\n");
        Object before = state();
        assertThat(fetch(withToken).run()).isEqualTo(new CompletedProgram(0, ""));
        assertThat(state()).as("it is written anew after all but a 304").isEqualTo(before);

        String list = CompletedProgram.read(file);
        isRefused(fetch().run(), "the old list stays");
        assertThat(file).hasContent(list);
    }
}
