package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lines of docs/recipes.md for Postfix and rspamd in containers, with the real programs. */
class RecipesIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String PAGE = CompletedProgram.read(Path.of("docs/recipes.md"));
    private static final String SERVER = "inet:[0-9.]+:10031,";

    /** A proxy may tell the address of the client by XCLIENT, as nginx does in Mailu. */
    private static final String MAIN_CF = PostfixMx.MAIN_CF + """
            relay_transport = smtp
            smtpd_authorized_xclient_hosts = 127.0.0.0/8
            smtpd_helo_required = yes
            """;

    private static DecoyProcess decoy;

    /** Checks for the programs before anything is started. */
    @BeforeAll
    static void start() throws IOException {
        RealProgram.requireRoot();
        RealProgram.require("postfix");
        decoy = TrialDecoy.start();
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.close();
        }
    }

    /** The systems set some restrictions of their own; the decoy must still be asked. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mailcow           | smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination
            Mailu             | smtpd_client_restrictions = permit_mynetworks, reject_non_fqdn_sender, permit
            docker-mailserver | smtpd_helo_restrictions = permit_mynetworks, reject_invalid_helo_hostname, permit
            """)
    void postfix_asksThePolicyService(String system, String own) throws IOException {
        String lines =
                DocumentBlocks.find(PAGE, system.toLowerCase(Locale.ROOT)).get(0);
        assertThat(lines.lines()).hasSize(2).allMatch(line -> line.matches(".* inet:[0-9.]+:10031, .*"));
        String main = lines.replaceAll(SERVER, "inet:127.0.0.1:" + decoy.policyPort() + ",");
        double before = decoy.metricValue("decoy_witnesses_recorded_total");
        try (Postfix mx = new Postfix(MAIN_CF + own + "\n" + main, "")) {
            assertThat(PostfixWithDecoy.replyTo(mx, TrialDecoy.LISTED))
                    .as(mx::log)
                    .startsWith("554 5.7.1 ")
                    .contains("127.0.0.61 was caught by a decoy MX.");
            assertThat(PostfixWithDecoy.replyTo(mx, TrialDecoy.UNLISTED))
                    .as(mx::log)
                    .startsWith("250 ");
            assertThat(mx.log()).doesNotContain("warning: ");
        }
        await("the report").atMost(LIMIT).untilAsserted(() -> assertThat(
                        decoy.metricValue("decoy_witnesses_recorded_total"))
                .isGreaterThanOrEqualTo(before + 2));
    }

    /** mailcow has a multimap.conf in local.d, docker-mailserver in neither; both have other maps beside ours. */
    @Test
    void rspamd_readsOverrideD_besideTheMapsOfTheSystem() throws IOException {
        String rspamadm = RealProgram.require("rspamadm");
        Path dir = TestResources.createDirectory("recipes");
        try {
            for (String name : new String[] {"local.d", "override.d"}) {
                Files.createDirectory(dir.resolve(name));
            }
            Files.writeString(
                    dir.resolve("local.d/multimap.conf"),
                    "IP_WHITELIST {\n  type = \"ip\";\n  map = \"/dev/null\";\n  score = -100;\n}\n");
            Files.writeString(
                    dir.resolve("override.d/multimap.conf"), ConsumerFiles.readAdapted("rspamd/multimap.conf"));
            CompletedProgram dump =
                    CompletedProgram.run(LIMIT, rspamadm, "--var=LOCAL_CONFDIR=" + dir, "configdump", "multimap");
            assertThat(dump.code()).as(dump.output()).isZero();
            assertThat(dump.output())
                    .contains("IP_WHITELIST {", "score = -100;", "DECOY_SUSPECT {", "score = 4;", "DECOY_CONFIRMED {");
        } finally {
            TestResources.delete(dir);
        }
    }
}
