package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Decoys that share one list through a broker: each has a name, and a directory that outlives its process. */
final class DecoyGroup implements AutoCloseable {
    /** What is needed to report visitors of primary MX. */
    static final String WITNESS_TOKEN = "witness-token-0123456789";

    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int PER_NETWORK = 250;

    private final String servers;
    private final String prefix;
    private final String[] settings;
    private final Path dir = TestResources.createDirectory("group");
    private final Map<String, DecoyProcess> decoys = new LinkedHashMap<>();
    private final Set<String> sent = new LinkedHashSet<>();
    private int clients;

    /**
     * A group without decoys.
     *
     * @param servers the brokers
     * @param prefix of the topics
     * @param settings of all decoys
     */
    DecoyGroup(String servers, String prefix, String... settings) {
        this.servers = servers;
        this.prefix = prefix;
        this.settings = settings;
        try {
            Files.writeString(dir.resolve("envelope-key"), "00112233445566778899aabbccddeeff\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a decoy with a name of its own. */
    DecoyProcess start(String node, String... moreSettings) {
        return start(Map.of(), node, node, moreSettings);
    }

    /**
     * Starts a decoy.
     *
     * @param environment additional environment variables
     * @param directory its directory in that of the group, and its key in the group
     */
    DecoyProcess start(Map<String, String> environment, String directory, String node, String... moreSettings) {
        String[] keys = {
            "decoy.admin.token=" + ExemptionCalls.TOKEN,
            "decoy.witness.token=" + WITNESS_TOKEN,
            "decoy.policy.envelope-key-file=" + dir.resolve("envelope-key"),
            "decoy.exchange.servers=" + servers,
            "decoy.exchange.prefix=" + prefix,
            "decoy.exchange.node=" + node
        };
        DecoyProcess decoy = DecoyProcess.start(
                environment,
                Stream.of(DecoyWithLedger.settings(directory(directory)), keys, settings, moreSettings)
                        .flatMap(Stream::of)
                        .toArray(String[]::new));
        decoys.put(directory, decoy);
        return decoy;
    }

    /** The directory of a decoy, which is made if it does not exist. */
    Path directory(String name) {
        try {
            return Files.createDirectories(dir.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    DecoyProcess decoy(String name) {
        return Objects.requireNonNull(decoys.get(name));
    }

    /** New client addresses, each of which will be an entry of its own. */
    List<String> newClients(int count) {
        int first = clients;
        clients += count;
        return IntStream.range(first, clients)
                .mapToObj(i -> "23." + (1 + i / PER_NETWORK / PER_NETWORK) + "." + i / PER_NETWORK % PER_NETWORK + "."
                        + (1 + i % PER_NETWORK))
                .toList();
    }

    /** New clients send mail to a decoy until it defers them; from then on all decoys must list them. */
    List<String> send(String node, int count) {
        List<String> added = newClients(count);
        try (MailLoad load = load(node, added)) {
            await(count + " clients of " + node).atMost(LIMIT).until(() -> load.deferredCount() >= count);
        }
        return added;
    }

    /** A client sends mail to a decoy, whether or not it did so before. */
    void sendAgain(String node, String client) {
        try (MailLoad load = MailLoad.start(decoy(node).smtpPort(), 1)) {
            load.addClients(List.of(client));
            await(client).atMost(LIMIT).until(() -> load.deferredCount() == 1);
        }
    }

    /** Clients send mail in the background, each until it is deferred; the caller closes the load. */
    MailLoad load(String node, List<String> added) {
        sent.addAll(added);
        MailLoad load = MailLoad.start(decoy(node).smtpPort(), 2);
        load.addClients(added);
        return load;
    }

    /** All clients that sent mail so far. */
    Set<String> sent() {
        return sent;
    }

    /** Stops a decoy, which is no longer part of the group. */
    void remove(String name) {
        Objects.requireNonNull(decoys.remove(name)).close();
    }

    /** From now on all decoys must list a client. */
    void expect(String client) {
        sent.add(client);
    }

    /**
     * The list of a decoy: address, tier, beginning and end of each entry.
     */
    static List<String> list(DecoyProcess decoy) {
        List<String> entries = new ArrayList<>();
        ObjectMapper mapper = new ObjectMapper();
        decoy.get("/feeds/ndjson").body().lines().forEach(line -> {
            try {
                JsonNode entry = mapper.readTree(line);
                if (entry.has("ip")) {
                    entries.add(Stream.of("ip", "tier", "since", "until")
                            .map(field -> entry.path(field).asText())
                            .reduce((a, b) -> a + ' ' + b)
                            .orElseThrow());
                }
            } catch (JsonProcessingException e) {
                throw new AssertionError(line, e);
            }
        });
        return entries;
    }

    /** Since when a decoy lists a client. */
    Instant since(String node, String client) {
        return list(decoy(node)).stream()
                .filter(entry -> entry.startsWith(client + ' '))
                .map(entry -> Instant.parse(entry.split(" ", -1)[2]))
                .findFirst()
                .orElseThrow();
    }

    private static Set<String> addresses(List<String> list) {
        return Set.copyOf(list.stream()
                .map(entry -> entry.substring(0, entry.indexOf(' ')))
                .toList());
    }

    /** Waits until all these decoys have the same list, with exactly the clients that sent mail. */
    void awaitSameLists(String... nodes) {
        await("the same list at " + List.of(nodes))
                .atMost(LIMIT)
                .pollInterval(POLL)
                .untilAsserted(() -> assertSameLists(nodes));
    }

    private void assertSameLists(String... nodes) {
        List<String> first = list(decoy(nodes[0]));
        assertThat(missing(sent, addresses(first)))
                .as("not listed at " + nodes[0])
                .isEmpty();
        assertThat(missing(addresses(first), sent))
                .as("listed at " + nodes[0] + ", but not sent")
                .isEmpty();
        for (String node : nodes) {
            List<String> other = list(decoy(node));
            assertThat(missing(first, Set.copyOf(other)))
                    .as("only at " + nodes[0])
                    .isEmpty();
            assertThat(missing(other, Set.copyOf(first))).as("only at " + node).isEmpty();
        }
    }

    private static List<String> missing(Collection<String> expected, Set<String> present) {
        return expected.stream()
                .filter(entry -> !present.contains(entry))
                .limit(10)
                .toList();
    }

    /** Asks what Postfix at a primary MX asks about a recipient. */
    void askPolicyService(String node, String client, String recipient) throws IOException {
        String query = """
                request=smtpd_access_policy
                protocol_state=RCPT
                protocol_name=ESMTP
                client_address=%s
                helo_name=client.example.net
                sender=sender@example.net
                recipient=%s

                """.formatted(client, recipient);
        try (Socket mx =
                new Socket(InetAddress.getLoopbackAddress(), decoy(node).policyPort())) {
            mx.getOutputStream().write(query.getBytes(StandardCharsets.US_ASCII));
            assertThat(mx.getInputStream().read()).isEqualTo('a');
        }
    }

    /** Waits until the health of a decoy says something about the exchange. */
    void awaitHealth(String node, String text) {
        await("health of " + node + " to say: " + text)
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(exchangeHealth(node)).contains(text));
    }

    /** Waits until a decoy shares all and reads all. */
    void awaitHealthy(String... nodes) {
        for (String node : nodes) {
            await("the exchange of " + node).atMost(LIMIT).untilAsserted(() -> assertThat(exchangeHealth(node))
                    .as(decoy(node).log())
                    .contains("\"status\":\"UP\""));
        }
    }

    /** The health check {@code exchange} of a decoy, as JSON. */
    String exchangeHealth(String node) {
        return health(node, "exchange");
    }

    /** A health check of a decoy, as JSON. */
    String health(String node, String name) {
        try {
            for (JsonNode check : new ObjectMapper()
                    .readTree(decoy(node).getManagement("/q/health").body())
                    .path("checks")) {
                if (check.path("name").asText().equals(name)) {
                    return check.toString();
                }
            }
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops all decoys, and deletes their directories. */
    @Override
    public void close() {
        List<AssertionError> errors = new ArrayList<>();
        for (DecoyProcess decoy : decoys.values()) {
            try {
                decoy.close();
            } catch (AssertionError e) {
                errors.add(e);
            }
        }
        TestResources.delete(dir);
        if (!errors.isEmpty()) {
            throw errors.get(0);
        }
    }
}
