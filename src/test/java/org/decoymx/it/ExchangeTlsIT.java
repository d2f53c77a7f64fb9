package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker with TLS and an access list: decoys that it refuses work on their own, and say why they do not share. */
class ExchangeTlsIT {
    private static final String PREFIX = "site";

    @TempDir
    private Path dir;

    @Test
    void foreignAndExpiredPrincipals_areRefused_othersShare() throws Exception {
        KafkaCertificates certificates = new KafkaCertificates(dir);
        certificates.issue("one");
        certificates.issue("two");
        certificates.issue("foreign");
        certificates.issue("expired", Instant.now().minusSeconds(60));
        try (KafkaBroker broker = KafkaBroker.startWithTls(certificates);
                DecoyGroup group = new DecoyGroup(broker.address(), PREFIX)) {
            allow(broker, "one", "two");
            for (String node : List.of("one", "two", "foreign", "expired")) {
                group.start(node, tls(certificates, node));
            }
            String[] curious = tls(certificates, "one");
            group.start(
                    "curious",
                    Stream.concat(Stream.of("decoy.exchange.prefix=" + PREFIX + ",friends"), Stream.of(curious))
                            .toArray(String[]::new));
            group.awaitHealthy("one", "two");
            group.send("one", 10);
            group.send("two", 10);
            group.send("curious", 10);
            group.awaitSameLists("one", "two", "curious");
            group.awaitHealth("curious", "friends.senders");

            group.awaitHealth("foreign", "\"status\":\"DOWN\"");
            group.awaitHealth("expired", "\"status\":\"DOWN\"");
            for (String node : List.of("foreign", "expired")) {
                String client = group.newClients(1).get(0);
                group.sendAgain(node, client);
                group.decoy(node).awaitListed(client);
                assertThat(group.decoy(node).feedEntries()).containsExactly(client);
                assertThat(group.decoy("one").feedEntries()).doesNotContain(client);
                assertThat(group.decoy(node).log()).as("no stack trace").doesNotContain("\tat ");
                group.expect(client);
            }

            certificates.issue("expired");
            allow(broker, "expired", "foreign");
            group.awaitSameLists("one", "two", "foreign", "expired");
            group.awaitHealthy("foreign", "expired");
        }
    }

    private static String[] tls(KafkaCertificates certificates, String node) {
        return new String[] {
            "decoy.exchange.tls=brokers",
            "quarkus.tls.brokers.key-store.pem.0.cert=" + certificates.certificateFile(node),
            "quarkus.tls.brokers.key-store.pem.0.key=" + certificates.keyFile(node),
            "quarkus.tls.brokers.trust-store.pem.certs=" + certificates.authorityFile(),
            "quarkus.tls.brokers.reload-period=1s"
        };
    }

    /** Decoys that create the topics themselves. */
    private static void allow(KafkaBroker broker, String... nodes) throws Exception {
        try (Admin admin = broker.admin()) {
            admin.createAcls(Stream.of(nodes)
                            .flatMap(node -> Stream.of(
                                    allow(
                                            ResourceType.TOPIC,
                                            PREFIX + ".",
                                            PatternType.PREFIXED,
                                            node,
                                            AclOperation.ALL),
                                    allow(
                                            ResourceType.CLUSTER,
                                            "kafka-cluster",
                                            PatternType.LITERAL,
                                            node,
                                            AclOperation.IDEMPOTENT_WRITE)))
                            .toList())
                    .all()
                    .get(1, TimeUnit.MINUTES);
        }
    }

    private static AclBinding allow(
            ResourceType type, String name, PatternType pattern, String node, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry("User:" + node, "*", operation, AclPermissionType.ALLOW));
    }
}
