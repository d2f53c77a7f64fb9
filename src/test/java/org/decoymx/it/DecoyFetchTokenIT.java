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

    private final Path dir = Scratch.directory("fetch-token");
    private final Path file = dir.resolve("list");
    private final Path token = dir.resolve("token");
    private final Decoy decoy = Decoy.start("decoy.feed.access=token", "decoy.feed.tokens=" + TOKEN);

    @AfterEach
    void clean() {
        decoy.kill();
        Scratch.delete(dir);
    }

    private Fetch fetch(String... environment) {
        Fetch plain = Fetch.of(decoy.url("/feeds/plain"), file);
        List<String> command = new ArrayList<>(List.of("env"));
        command.addAll(List.of(environment));
        command.addAll(plain.command());
        return new Fetch(file, command);
    }

    private Object state() throws IOException {
        return Files.readAttributes(dir.resolve("list.state"), BasicFileAttributes.class)
                .fileKey();
    }

    private void isRefused(Run run, String kept) {
        assertThat(run)
                .isEqualTo(
                        new Run(1, "decoy-fetch: " + decoy.url("/feeds/plain") + ": HTTP status 401; " + kept + "\n"));
    }

    @Test
    void list_isHadWithTheToken_andNotSentAgain_andStaysWithAWrongOne() throws IOException {
        String withToken = "DECOYMX_TOKEN_FILE=" + token;
        Files.writeString(token, "wrong\n");
        isRefused(fetch().run(), "there is no list yet");
        isRefused(fetch(withToken).run(), "there is no list yet");
        assertThat(file).doesNotExist();

        Files.writeString(token, TOKEN + "\n");
        assertThat(fetch(withToken).run()).isEqualTo(new Run(0, ""));
        assertThat(Run.read(file)).startsWith("# ").endsWith("\n");
        Object before = state();
        assertThat(fetch(withToken).run()).isEqualTo(new Run(0, ""));
        assertThat(state()).as("it is written anew after all but a 304").isEqualTo(before);

        String list = Run.read(file);
        isRefused(fetch().run(), "the old list stays");
        assertThat(file).hasContent(list);
    }
}
