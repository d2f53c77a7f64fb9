package org.decoymx.admin.notify;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.decoymx.admin.notify.NotifyConfig.EventKind;
import org.decoymx.primary.HostAddresses;
import org.decoymx.support.MachineName;
import org.decoymx.support.PeriodicJobs;
import org.decoymx.support.SteadyClock;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Limits the notifications of each kind, and has them delivered. Thread-safe; it does not block. */
@Singleton
final class Notifier {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Map<EventKind, Topic> topics = new EnumMap<>(EventKind.class);
    private final List<Outbox> outboxes;
    private final String decoy;
    private final SteadyClock clock;

    Notifier(
            NotifyConfig config,
            @ConfigProperty(name = "decoy.hostname") Optional<String> hostname,
            Vertx vertx,
            HostAddresses resolver,
            ObjectMapper json,
            SteadyClock clock) {
        this.clock = clock;
        decoy = hostname.orElseGet(MachineName::find);
        // the secret is there whenever the URL is: see the check of the configuration
        Optional<Outbox.Delivery> webhook = config.url()
                .map(url -> new WebhookDelivery(
                        url, config.secret().orElse(""), vertx, resolver, json, clock, WebhookDelivery.MAX_WAIT));
        Optional<Outbox.Delivery> command = config.command()
                .map(line -> new CommandDelivery(CommandFormat.split(line), json, CommandDelivery.MAX_TIME));
        Clock durations = clock.durations();
        outboxes = List.of(
                new Outbox("webhook", webhook, durations, () -> ThreadLocalRandom.current()
                        .nextDouble()),
                new Outbox("command", command, durations, () -> ThreadLocalRandom.current()
                        .nextDouble()));
        if (webhook.isPresent() || command.isPresent()) {
            config.events().forEach(kind -> topics.put(kind, new Topic(durations.instant())));
        }
    }

    void start(@Observes StartupEvent event, PeriodicJobs jobs) {
        if (!isActive()) {
            return;
        }
        jobs.schedule("notifications", INTERVAL, this::release);
        outboxes.stream()
                .filter(Outbox::isConfigured)
                .forEach(outbox -> jobs.schedule("notifications by " + outbox.name(), INTERVAL, outbox::deliverNext));
    }

    void stop(@Observes ShutdownEvent event) {
        outboxes.forEach(Outbox::stop);
    }

    /** All ways of delivery, also those that are not configured. */
    List<Outbox> outboxes() {
        return outboxes;
    }

    /** Whether anybody wants to know anything. */
    boolean isActive() {
        return !topics.isEmpty();
    }

    /** Whether anybody wants to know events of this kind. */
    boolean wants(EventKind kind) {
        return topics.containsKey(kind);
    }

    /** Whether a notification of this kind would be delivered at once. */
    boolean hasRoom(EventKind kind) {
        Topic topic = topics.get(kind);
        return topic != null && topic.hasRoom(clock.durations().instant());
    }

    /**
     * Tells something, if anybody wants to know it.
     *
     * @param state one word
     * @param text one line for people, escaped
     * @param details records, of escaped texts, for the JSON array
     * @param more how many further details there are
     */
    void tell(EventKind kind, String state, String text, List<?> details, int more) {
        Topic topic = topics.get(kind);
        if (topic != null) {
            Notification next = new Notification(
                    UUID.randomUUID().toString(), kind, state, clock.instant(), decoy, text, details, more, 0);
            topic.offer(next, clock.durations().instant()).ifPresent(this::deliver);
        }
    }

    private void release() {
        topics.values()
                .forEach(topic -> topic.release(clock.durations().instant()).ifPresent(this::deliver));
    }

    private void deliver(Notification notification) {
        outboxes.forEach(outbox -> outbox.add(notification));
    }
}
