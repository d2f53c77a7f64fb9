package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the decoy tells strangers: about senders only what it may, and about itself nothing that gives it away. */
class DisclosureIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String HOST = "mx9.example.net";
    private static final String READER = "reader-token-0123";
    private static final String ADMIN = "admin-token-012345";
    private static final String[] GIVEAWAYS = {"decoy", "quarkus", "vert.x", "vertx", "netty", "java", "resteasy"};
    private static final List<String> PATHS = List.of("/stats", "/senders/192.0.2.1");

    private static DecoyProcess decoy;

    @BeforeAll
    static void start() {
        decoy = DecoyProcess.start(
                "decoy.hostname=" + HOST,
                "decoy.domains=example.org",
                "decoy.smtp.persona=postfix",
                "decoy.smtp.greeting-delay=0s",
                "decoy.senders.networks=192.0.2.0/24",
                "decoy.admin.token=" + ADMIN);
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.close();
        }
    }

    private static String send(DecoyProcess target, String method, String path, String token) throws IOException {
        return RawHttp.send(
                target.url(""),
                method + " " + path + " HTTP/1.1\nHost: localhost\nConnection: close\n"
                        + (token.isEmpty() ? "" : "Authorization: Bearer " + token + "\n") + "\n");
    }

    @Test
    void sendersAndStats_fromAForeignNetwork_areForbidden_alsoWithAToken() throws IOException {
        for (String path : PATHS) {
            for (String token : List.of("", ADMIN, "wrong-token-012345")) {
                assertThat(send(decoy, "GET", path, token))
                        .startsWith("HTTP/1.1 403 ")
                        .contains("application/problem+json", "decoy.senders.networks");
                assertThat(send(decoy, "HEAD", path, token)).startsWith("HTTP/1.1 403 ");
            }
            for (String spelling : List.of("/" + path, "/x/.." + path, path + "/", path + ";x", "/%2e" + path)) {
                assertThat(send(decoy, "GET", spelling, "")).as(spelling).matches("(?s)HTTP/1.1 40[034] .*");
            }
        }
        assertThat(send(decoy, "GET", "/senders", ADMIN)).startsWith("HTTP/1.1 200 ");
        assertThat(send(decoy, "GET", "/senders", "")).startsWith("HTTP/1.1 401 ");
        assertThat(send(decoy, "GET", "/blocklist.txt", "")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void sendersAndStats_withAccessByToken_needTheTokenOfAReaderOrTheAdministrator() throws IOException {
        try (DecoyProcess closed = DecoyProcess.start(
                "decoy.senders.access=token",
                "decoy.senders.networks=192.0.2.0/24",
                "decoy.feed.tokens=" + READER,
                "decoy.admin.token=" + ADMIN,
                "decoy.witness.token=witness-token-0123")) {
            for (String path : PATHS) {
                for (String token : List.of("", "wrong-token-012345", "witness-token-0123")) {
                    assertThat(send(closed, "GET", path, token))
                            .startsWith("HTTP/1.1 401 ")
                            .containsIgnoringCase("\r\nWWW-Authenticate: ")
                            .contains("decoy.feed.tokens");
                }
                for (String token : List.of(READER, ADMIN)) {
                    assertThat(send(closed, "GET", path, token)).startsWith("HTTP/1.1 200 ");
                    assertThat(send(closed, "HEAD", path, token)).startsWith("HTTP/1.1 200 ");
                }
            }
            assertThat(send(closed, "GET", "/blocklist.txt", "")).startsWith("HTTP/1.1 200 ");
            assertThat(send(closed, "GET", "/senders", ""))
                    .as("the list in trial mode, without users")
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void smtpSession_looksLikeThePersona() throws IOException {
        StringBuilder session = new StringBuilder();
        try (SmtpClient client = new SmtpClient(decoy.smtpPort(), "127.0.0.8")) {
            session.append(client.readReply());
            for (String command : List.of(
                    "EHLO client.test",
                    "HELP",
                    "VRFY root",
                    "EXPN all",
                    "XFOO bar",
                    "AUTH LOGIN",
                    "MAIL FROM:<>",
                    "RCPT TO:<someone@elsewhere.test>",
                    "RCPT TO:<user@example.org>",
                    "DATA",
                    "QUIT")) {
                session.append('\n').append(client.sendCommand(command));
            }
        }
        assertThat(session).startsWith("220 " + HOST + " ESMTP Postfix\n");
        assertThat(session.toString()).doesNotContainIgnoringCase(GIVEAWAYS);
    }

    @Test
    void ownCertificate_namesOnlyTheHost() {
        String command = RealProgram.require("openssl") + " s_client -starttls smtp -connect 127.0.0.1:"
                + decoy.smtpPort() + " </dev/null 2>/dev/null | openssl x509 -noout -subject -issuer -text";
        assertThat(CompletedProgram.run(LIMIT, "/bin/sh", "-c", command).output())
                .contains("subject=CN = " + HOST, "issuer=CN = " + HOST)
                .doesNotContainIgnoringCase(GIVEAWAYS);
    }

    @Test
    void httpErrors_nameNoProgram() throws IOException {
        for (String path : List.of("/x", "/q/dev", "/%zz", "/feeds/%zz", "*")) {
            assertThat(send(decoy, "GET", path, ""))
                    .as(path)
                    .doesNotContainIgnoringCase(GIVEAWAYS)
                    .doesNotContainIgnoringCase("\r\nServer:");
        }
    }
}
