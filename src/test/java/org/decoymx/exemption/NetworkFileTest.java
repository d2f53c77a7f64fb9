package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.decoymx.support.WatchedFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkFileTest {
    private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

    @TempDir
    private Path dir;

    private Path path;
    private WatchedFile<NetworkListParser.ParsedList> file;

    @BeforeEach
    void setUp() throws IOException {
        path = Files.writeString(dir.resolve("exempt.txt"), "192.0.2.1\n");
        file = NetworkListParser.watch(path, CLOCK);
        assertThat(networks(Optional.of(file.readInitial()))).containsExactly("192.0.2.1/32");
    }

    private static List<String> networks(Optional<NetworkListParser.ParsedList> list) {
        return list.orElseThrow().exemptions().stream()
                .map(exemption -> exemption.network().cidr())
                .toList();
    }

    private void assertChangedTo(String... networks) {
        assertThat(file.readIfChanged()).as("first check").isEmpty();
        assertThat(networks(file.readIfChanged())).containsExactly(networks);
        assertThat(file.readIfChanged()).as("third check").isEmpty();
    }

    @Test
    void unchangedFile_isNotReadAgain() {
        assertThat(file.readIfChanged()).isEmpty();
        assertThat(file.readIfChanged()).isEmpty();
        assertThat(file.readIfChanged()).isEmpty();
    }

    @Test
    void changedFile_isReadAtTheSecondCheckWithoutChange() throws IOException {
        Files.writeString(path, "192.0.2.2\n", StandardOpenOption.APPEND);
        assertChangedTo("192.0.2.1/32", "192.0.2.2/32");
    }

    @Test
    void replacedFile_isRead() throws IOException {
        Path other = Files.writeString(dir.resolve("other"), "192.0.2.9\n");
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(path));
        Files.move(other, path, StandardCopyOption.ATOMIC_MOVE);
        assertChangedTo("192.0.2.9/32");
    }

    @Test
    void truncatedAndRewrittenFile_neverDropsNetworks() throws IOException {
        Files.writeString(path, "");
        assertThat(file.readIfChanged()).isEmpty();
        Files.writeString(path, "192.0.2.1\n192.0.2.3\n");
        assertChangedTo("192.0.2.1/32", "192.0.2.3/32");
    }

    @Test
    void emptiedFile_hasNoNetworks() throws IOException {
        Files.writeString(path, "");
        assertChangedTo();
    }

    /** A Kubernetes volume: the file is a link into a directory that is itself a link, and that link is swapped. */
    @Test
    void swappedDirectoryLink_isRead() throws IOException {
        Files.createDirectory(dir.resolve("1"));
        Files.createDirectory(dir.resolve("2"));
        Files.writeString(dir.resolve("1/list"), "192.0.2.1\n");
        Files.writeString(dir.resolve("2/list"), "192.0.2.2\n");
        Path data = Files.createSymbolicLink(dir.resolve("..data"), Path.of("1"));
        file = NetworkListParser.watch(Files.createSymbolicLink(dir.resolve("list"), Path.of("..data/list")), CLOCK);
        file.readInitial();

        Files.move(Files.createSymbolicLink(dir.resolve("..tmp"), Path.of("2")), data, StandardCopyOption.ATOMIC_MOVE);
        assertChangedTo("192.0.2.2/32");
    }

    @Test
    void fileChangedAtEveryCheck_isReadAfterTheLimit() throws IOException {
        int checks = 0;
        for (Optional<NetworkListParser.ParsedList> list = Optional.empty();
                list.isEmpty();
                list = file.readIfChanged()) {
            Files.writeString(path, "198.51.100." + checks++ + "\n", StandardOpenOption.APPEND);
            assertThat(checks).isLessThan(20);
        }
        assertThat(checks).isEqualTo(16);
    }

    @Test
    void deletedFile_keepsItsNetworks_andIsReadAgainWhenItReturns() throws IOException {
        Files.delete(path);
        assertThat(file.readIfChanged()).isEmpty();
        assertThat(file.problem()).contains(path + " cannot be read: no such file; its last contents stay in effect");
        assertThat(file.readIfChanged()).isEmpty();

        Files.writeString(path, "192.0.2.4\n");
        assertChangedTo("192.0.2.4/32");
        assertThat(file.problem()).isEmpty();
    }

    @Test
    void directoryInsteadOfFile_isAProblem() throws IOException {
        Files.delete(path);
        Files.createDirectory(path);
        assertThat(file.readIfChanged()).isEmpty();
        assertThat(file.problem().orElseThrow()).contains("not a regular file");
        assertThatThrownBy(file::readInitial).isInstanceOf(IOException.class);
    }

    @Test
    void invalidLine_isAProblem_untilItIsCorrected() throws IOException {
        Files.writeString(path, "192.0.2.1\nnix\n");
        assertChangedTo("192.0.2.1/32");
        assertThat(file.problem().orElseThrow()).startsWith(path + ":2: 'nix' is not a valid network (");
        Files.writeString(path, "192.0.2.1\n");
        assertChangedTo("192.0.2.1/32");
        assertThat(file.problem()).isEmpty();
    }
}
