package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.decoymx.policy.Exempt;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.Network;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrantsTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.891Z");
    private static final Instant SECOND = Instant.parse("2026-03-04T05:06:07Z");
    private static final Instant MODIFIED = Instant.parse("2026-01-02T03:04:05Z");
    private static final Network NET = Network.parse("192.0.2.0/24");
    private static final Network HOST = Network.parse("2001:db8::1");

    @TempDir
    private Path dir;

    private Path path;
    private Exempt exempt;
    private Grants grants;

    @BeforeEach
    void begin() throws IOException {
        path = dir.resolve("exemptions.txt");
        again(NOW);
    }

    /** Starts anew with what is on the disk. */
    private void again(Instant now) throws IOException {
        exempt = new Exempt();
        grants = new Grants(new GrantsFile(path), exempt, Clock.fixed(now, ZoneOffset.UTC));
        grants.read();
    }

    private List<Exemption> told() {
        return exempt.sources().getOrDefault("run-time", List.of());
    }

    @Test
    void grant_isOnTheDisk_inTheFormOfTheFiles_andReadAgain() throws IOException {
        assertThat(grants.put(NET, "our partner # 7"))
                .isEqualTo(new Grants.Made(new Grant(NET, "our partner # 7", SECOND), true, true));
        grants.put(HOST, "");

        assertThat(Files.readString(path))
                .startsWith("# Networks exempt at run time: ")
                .endsWith(
                        "\n192.0.2.0/24 # 2026-03-04T05:06:07Z our partner # 7\n2001:db8::/64 # 2026-03-04T05:06:07Z\n");
        assertThat(new NetworkText("x").read(Files.newInputStream(path)).exemptions())
                .hasSize(2);
        List<Grant> before = grants.all();
        again(NOW.plusSeconds(60));
        assertThat(grants.all())
                .isEqualTo(before)
                .containsExactly(new Grant(NET, "our partner # 7", SECOND), new Grant(HOST, "", SECOND));
        assertThat(told())
                .containsExactly(
                        Exemption.of(NET, "named by the administrator (our partner # 7)"),
                        Exemption.of(HOST, "named by the administrator"));
        assertThat(dir).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void replaced_keepsItsMomentAndPlace() throws IOException {
        grants.put(NET, "one");
        grants.put(HOST, "");
        again(NOW.plusSeconds(60));
        assertThat(grants.put(NET, "two")).isEqualTo(new Grants.Made(new Grant(NET, "two", SECOND), false, true));
        assertThat(grants.put(NET, "two").changed()).isFalse();
        assertThat(grants.all()).extracting(Grant::network).containsExactly(NET, HOST);
    }

    @Test
    void removed_isGone_andAnotherIsNot() throws IOException {
        grants.put(NET, "");
        assertThat(grants.remove(HOST)).isFalse();
        assertThat(grants.remove(Network.parse("192.0.2.0/25"))).isFalse();
        assertThat(grants.remove(NET)).isTrue();
        assertThat(grants.remove(NET)).isFalse();
        assertThat(told()).isEmpty();
        again(NOW);
        assertThat(grants.all()).isEmpty();
    }

    @Test
    void handwriting_isRespected_andWhatIsNoGrantBecomesAComment() throws IOException {
        Files.writeString(path, """
                # my own words

                192.0.2.0/24 # by hand
                nonsense
                !192.0.2.7
                192.0.2.0/24 # twice
                198.51.100.7 # 2026-01-01T00:00:00Z with its time
                """);
        Files.setLastModifiedTime(path, FileTime.from(MODIFIED));
        again(NOW);
        assertThat(grants.all())
                .containsExactly(
                        new Grant(NET, "by hand", MODIFIED),
                        new Grant(
                                Network.parse("198.51.100.7"), "with its time", Instant.parse("2026-01-01T00:00:00Z")));
        assertThat(grants.trouble().orElseThrow())
                .contains(path + ":4: 'nonsense' is no network; ")
                .endsWith("; and 2 more");

        grants.put(HOST, "");
        assertThat(grants.trouble()).isEmpty();
        assertThat(path).hasContent("""
                        # my own words

                        192.0.2.0/24 # 2026-01-02T03:04:05Z by hand
                        # not taken: nonsense
                        # not taken: !192.0.2.7
                        # not taken: 192.0.2.0/24 # twice
                        198.51.100.7/32 # 2026-01-01T00:00:00Z with its time
                        2001:db8::/64 # 2026-03-04T05:06:07Z
                        """);
        again(NOW);
        assertThat(grants.trouble()).isEmpty();
    }

    @Test
    void whatCannotBeWritten_changesNothing_andIsTriedAgain() throws IOException {
        grants.put(NET, "");
        Path obstacle = Files.createDirectory(dir.resolve("exemptions.txt.new"));
        Files.createFile(obstacle.resolve("x"));

        assertThatThrownBy(() -> grants.put(HOST, ""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(path + " cannot be written: ")
                .hasMessageEndingWith("; nothing has changed");
        assertThatThrownBy(() -> grants.remove(NET)).isInstanceOf(IOException.class);
        assertThat(grants.all()).extracting(Grant::network).containsExactly(NET);
        assertThat(told()).hasSize(1);
        assertThat(grants.trouble().orElseThrow()).contains("cannot be written");
        grants.retry();
        assertThat(grants.trouble()).isPresent();

        Files.delete(obstacle.resolve("x"));
        Files.delete(obstacle);
        grants.retry();
        assertThat(grants.trouble()).isEmpty();
        again(NOW);
        assertThat(grants.all()).extracting(Grant::network).containsExactly(NET);
    }

    @Test
    void file_thatCannotBeRead_isAFault() throws IOException {
        Files.createDirectory(path);
        assertThatThrownBy(grants::read).isInstanceOf(IOException.class);
    }

    @Test
    void tooMany_areRefused_butThoseThereMayBeGivenOtherWords() throws IOException {
        Files.writeString(
                path,
                IntStream.range(0, GrantsFile.MAX_GRANTS + 1)
                        .mapToObj(i -> "10.0." + (i >> 8) + "." + (i & 255) + "\n")
                        .collect(Collectors.joining()));
        again(NOW);
        assertThat(grants.all()).hasSize(GrantsFile.MAX_GRANTS);
        assertThat(grants.trouble().orElseThrow())
                .contains("'10.0.39.16/32' is one too many; 10000 networks are allowed");
        assertThatThrownBy(() -> grants.put(NET, "")).isInstanceOf(IllegalStateException.class);
        assertThat(grants.put(Network.parse("10.0.0.1"), "words").anew()).isFalse();
        grants.remove(Network.parse("10.0.0.1"));
        assertThat(grants.put(NET, "").anew()).isTrue();
    }

    @Test
    void grants_ofManyAtATime_areAllKept() throws Exception {
        ExecutorService many = Executors.newFixedThreadPool(8);
        List<Network> networks = IntStream.range(0, 64)
                .mapToObj(i -> Network.parse("198.51.100." + i))
                .toList();
        List<Future<Grants.Made>> made = many.invokeAll(networks.stream()
                .map(network -> (Callable<Grants.Made>) () -> grants.put(network, "x"))
                .toList());
        many.shutdown();
        assertThat(many.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        for (Future<Grants.Made> one : made) {
            assertThat(one.get().anew()).isTrue();
        }
        again(NOW);
        assertThat(grants.all()).extracting(Grant::network).containsExactlyInAnyOrderElementsOf(networks);
        assertThat(told()).hasSize(64);
    }
}
