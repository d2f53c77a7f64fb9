package org.decoymx.exchange;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The topics of a prefix: {@code PREFIX.senders} has the states, {@code PREFIX.control} what concerns the nodes, and
 * {@code PREFIX.witnesses} what was seen at primaries. Only the own ones are created. Methods with an {@link Admin}
 * block until it answers, or for its timeouts.
 */
final class Topics {
    private static final int MAX_REPLICAS = 3;
    private static final String CLEANUP = "cleanup.policy";
    private static final String RETENTION = "retention.ms";
    private static final String TIMESTAMPS = "message.timestamp.type";
    private static final String IN_SYNC = "min.insync.replicas";
    private static final Duration A_DAY = Duration.ofDays(1);

    private final String prefix;
    private final Map<String, Wanted> wanted;

    /**
     * @param retention how long the ledger keeps a sender
     */
    Topics(String prefix, Duration retention) {
        this.prefix = prefix;
        wanted = Map.of(
                senders(),
                new Wanted(64, Set.of("compact", "delete"), retention.plus(A_DAY), 64),
                control(),
                new Wanted(1, Set.of("compact"), Duration.ZERO, 4),
                witnesses(),
                new Wanted(4, Set.of("delete"), A_DAY, 16));
    }

    /**
     * How a topic must be.
     *
     * @param partitions their number when it is created
     * @param cleanup its cleanup policy
     * @param retention how long it keeps records at least; zero for ever
     * @param segmentMegabytes size of its files; only older ones are compacted or deleted
     */
    private record Wanted(int partitions, Set<String> cleanup, Duration retention, int segmentMegabytes) {

        Map<String, String> settings(int replicas) {
            Map<String, String> settings = new TreeMap<>(Map.of(
                    CLEANUP,
                    String.join(",", new TreeSet<>(cleanup)),
                    TIMESTAMPS,
                    "LogAppendTime",
                    IN_SYNC,
                    replicas >= MAX_REPLICAS ? "2" : "1",
                    "segment.bytes",
                    Integer.toString(segmentMegabytes * 1_024 * 1_024),
                    "segment.ms",
                    Long.toString(A_DAY.toMillis()),
                    "segment.index.bytes",
                    Integer.toString(1_024 * 1_024)));
            if (!retention.isZero()) {
                settings.put(RETENTION, Long.toString(retention.toMillis()));
            }
            return settings;
        }
    }

    /**
     * What is known of a topic.
     *
     * @param id a topic that was deleted and created again has another one
     * @param partitions their number
     * @param replicas of the first partition
     */
    record TopicInfo(String id, int partitions, int replicas) {}

    String senders() {
        return prefix + ".senders";
    }

    String control() {
        return prefix + ".control";
    }

    String witnesses() {
        return prefix + ".witnesses";
    }

    /**
     * Creates those that are missing.
     *
     * @param brokers how many brokers must be up, because the number of copies is never changed later
     * @throws ExchangeException if that is not possible
     */
    void create(Admin admin, int brokers) throws ExchangeException {
        Set<String> missing = new TreeSet<>(wanted.keySet());
        missing.removeAll(find(admin, missing).keySet());
        if (missing.isEmpty()) {
            return;
        }
        int found = get(admin.describeCluster().nodes(), "find the brokers").size();
        if (found < Math.min(MAX_REPLICAS, brokers)) {
            throw new ExchangeException(
                    "topic " + missing.iterator().next() + " is missing, and is not created because " + found
                            + " brokers are up (decoy.exchange.servers names " + brokers + ")");
        }
        short replicas = (short) Math.min(MAX_REPLICAS, found);
        List<NewTopic> topics = new ArrayList<>();
        for (String name : missing) {
            Wanted topic = required(name);
            topics.add(new NewTopic(name, topic.partitions(), replicas).configs(topic.settings(replicas)));
        }
        for (Map.Entry<String, KafkaFuture<Void>> created :
                admin.createTopics(topics).values().entrySet()) {
            orElse(created.getValue(), "create topic " + created.getKey(), TopicExistsException.class);
        }
    }

    private Wanted required(String name) {
        return Optional.ofNullable(wanted.get(name)).orElseThrow();
    }

    /**
     * Finds topics.
     *
     * @return those that exist, by name
     * @throws ExchangeException if the brokers do not answer, or do not let this node see them
     */
    static Map<String, TopicInfo> find(Admin admin, Collection<String> names) throws ExchangeException {
        Map<String, TopicInfo> found = new TreeMap<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
                admin.describeTopics(names).topicNameValues().entrySet()) {
            info(topic.getKey(), topic.getValue()).ifPresent(info -> found.put(topic.getKey(), info));
        }
        return found;
    }

    /** Finds topics, and tells each of them what is known of it, or what is wrong; one does not concern the others. */
    static void update(Admin admin, Collection<SenderTopic> topics) {
        Map<String, KafkaFuture<TopicDescription>> answers = admin.describeTopics(
                        topics.stream().map(SenderTopic::name).toList())
                .topicNameValues();
        for (SenderTopic topic : topics) {
            try {
                KafkaFuture<TopicDescription> answer = Objects.requireNonNull(answers.get(topic.name()));
                topic.update(info(topic.name(), answer).orElse(null));
            } catch (ExchangeException e) {
                topic.fail(e);
            }
        }
    }

    private static Optional<TopicInfo> info(String name, KafkaFuture<TopicDescription> answer)
            throws ExchangeException {
        return orElse(answer, "find topic " + name, UnknownTopicOrPartitionException.class)
                .map(description -> new TopicInfo(
                        description.topicId().toString(),
                        description.partitions().size(),
                        description.partitions().get(0).replicas().size()));
    }

    /**
     * Compares the topics that exist with what they must be.
     *
     * @return a line for each setting that is wrong
     * @throws ExchangeException if the brokers do not answer, or do not let this node see the settings
     */
    List<String> check(Admin admin) throws ExchangeException {
        List<String> problems = new ArrayList<>();
        for (Map.Entry<String, TopicInfo> topic : find(admin, wanted.keySet()).entrySet()) {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.getKey());
            Map<ConfigResource, Config> settings =
                    get(admin.describeConfigs(List.of(resource)).all(), "read the settings of " + topic.getKey());
            settings.values().forEach(found -> problems.addAll(problems(topic.getKey(), topic.getValue(), found)));
        }
        return problems;
    }

    private List<String> problems(String name, TopicInfo topic, Config settings) {
        Wanted must = required(name);
        List<String> problems = new ArrayList<>();
        if (must.partitions() == 1 && topic.partitions() != 1) {
            problems.add("topic " + name + ": has " + topic.partitions() + " partitions (must be 1)");
        }
        if (!new TreeSet<>(List.of(value(settings, CLEANUP).split(","))).equals(must.cleanup())) {
            problems.add(problem(name, CLEANUP, settings, String.join(",", new TreeSet<>(must.cleanup()))));
        }
        if (!value(settings, TIMESTAMPS).equals("LogAppendTime")) {
            problems.add(problem(name, TIMESTAMPS, settings, "LogAppendTime"));
        }
        long kept = Long.parseLong(value(settings, RETENTION));
        if (!must.retention().isZero() && kept >= 0 && kept < must.retention().toMillis()) {
            problems.add(problem(
                    name, RETENTION, settings, "at least " + must.retention().toMillis()));
        }
        if (topic.replicas() >= MAX_REPLICAS && Integer.parseInt(value(settings, IN_SYNC)) < 2) {
            problems.add(problem(name, IN_SYNC, settings, "2"));
        }
        return problems;
    }

    private static String value(Config settings, String key) {
        return settings.get(key).value();
    }

    private static String problem(String name, String key, Config settings, String allowed) {
        return "topic " + name + ": " + key + " is " + value(settings, key) + " (must be " + allowed + ")";
    }

    static <T> T get(KafkaFuture<T> future, String attempt) throws ExchangeException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw ExchangeException.of(attempt, e);
        } catch (InterruptedException e) {
            throw ExchangeException.interrupted(e);
        }
    }

    /** Empty if it failed with an exception that is no problem. */
    private static <T> Optional<T> orElse(KafkaFuture<T> future, String attempt, Class<? extends Throwable> expected)
            throws ExchangeException {
        try {
            return Optional.ofNullable(future.get());
        } catch (ExecutionException e) {
            if (expected.isInstance(e.getCause())) {
                return Optional.empty();
            }
            throw ExchangeException.of(attempt, e);
        } catch (InterruptedException e) {
            throw ExchangeException.interrupted(e);
        }
    }
}
