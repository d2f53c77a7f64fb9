package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkFileTest {
    @TempDir
    private Path dir;

    private Path path;
    private NetworkFile file;

    @BeforeEach
    void begin() throws IOException {
        path = Files.writeString(dir.resolve("exempt.txt"), "192.0.2.1\n");
        file = new NetworkFile(path);
        assertThat(networks(Optional.of(file.readInitial()))).containsExactly("192.0.2.1/32");
    }

    private static List<String> networks(Optional<NetworkListParser.ParsedList> said) {
        return said.orElseThrow().exemptions().stream()
                .map(exemption -> exemption.network().toString())
                .toList();
    }

    private void becomes(String... networks) {
        assertThat(file.readIfChanged()).as("the first look").isEmpty();
        assertThat(networks(file.readIfChanged())).containsExactly(networks);
        assertThat(file.readIfChanged()).as("afterwards").isEmpty();
    }

    @Test
    void unchanged_isNotReadAgain() {
        assertThat(file.readIfChanged()).isEmpty();
        assertThat(file.readIfChanged()).isEmpty();
        assertThat(file.readIfChanged()).isEmpty();
    }

    @Test
    void changed_isReadWithTheSecondLookThatFindsItTheSame() throws IOException {
        Files.writeString(path, "192.0.2.2\n", StandardOpenOption.APPEND);
        becomes("192.0.2.1/32", "192.0.2.2/32");
    }

    @Test
    void replacedByAnother_isRead() throws IOException {
        Path other = Files.writeString(dir.resolve("other"), "192.0.2.9\n");
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(path));
        Files.move(other, path, StandardCopyOption.ATOMIC_MOVE);
        becomes("192.0.2.9/32");
    }

    @Test
    void truncatedAndWrittenBetweenLooks_neverDropsAnybody() throws IOException {
        Files.writeString(path, "");
        assertThat(file.readIfChanged()).isEmpty();
        Files.writeString(path, "192.0.2.1\n192.0.2.3\n");
        becomes("192.0.2.1/32", "192.0.2.3/32");
    }

    @Test
    void emptied_forGood_saysNothing() throws IOException {
        Files.writeString(path, "");
        becomes();
    }

    /** As Kubernetes does it: the file is a link to one in a directory that is itself a link, and that is swapped. */
    @Test
    void directoryLinkSwapped_isRead() throws IOException {
        Files.createDirectory(dir.resolve("1"));
        Files.createDirectory(dir.resolve("2"));
        Files.writeString(dir.resolve("1/list"), "192.0.2.1\n");
        Files.writeString(dir.resolve("2/list"), "192.0.2.2\n");
        Path data = Files.createSymbolicLink(dir.resolve("..data"), Path.of("1"));
        file = new NetworkFile(Files.createSymbolicLink(dir.resolve("list"), Path.of("..data/list")));
        file.readInitial();

        Files.move(Files.createSymbolicLink(dir.resolve("..tmp"), Path.of("2")), data, StandardCopyOption.ATOMIC_MOVE);
        becomes("192.0.2.2/32");
    }

    @Test
    void changedAtEveryLook_isReadInTheEnd() throws IOException {
        int looks = 0;
        for (Optional<NetworkListParser.ParsedList> said = Optional.empty();
                said.isEmpty();
                said = file.readIfChanged()) {
            Files.writeString(path, "198.51.100." + looks++ + "\n", StandardOpenOption.APPEND);
            assertThat(looks).isLessThan(20);
        }
        assertThat(looks).isEqualTo(16);
    }

    @Test
    void gone_keepsWhatItSaid_andComesBack() throws IOException {
        Files.delete(path);
        assertThat(file.readIfChanged()).isEmpty();
        assertThat(file.problem()).contains(path + " cannot be read: there is no such file; what it said last holds");
        assertThat(file.readIfChanged()).isEmpty();

        Files.writeString(path, "192.0.2.4\n");
        becomes("192.0.2.4/32");
        assertThat(file.problem()).isEmpty();
    }

    @Test
    void directoryInItsPlace_isTrouble() throws IOException {
        Files.delete(path);
        Files.createDirectory(path);
        assertThat(file.readIfChanged()).isEmpty();
        assertThat(file.problem().orElseThrow()).contains("it is no regular file");
        assertThatThrownBy(file::readInitial).isInstanceOf(IOException.class);
    }

    @Test
    void badLine_isTrouble_untilItIsMended() throws IOException {
        Files.writeString(path, "192.0.2.1\nnix\n");
        becomes("192.0.2.1/32");
        assertThat(file.problem().orElseThrow()).startsWith(path + ":2: 'nix' is not a valid network (");
        Files.writeString(path, "192.0.2.1\n");
        becomes("192.0.2.1/32");
        assertThat(file.problem()).isEmpty();
    }
}
