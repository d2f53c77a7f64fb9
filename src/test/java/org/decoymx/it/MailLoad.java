package org.decoymx.it;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Clients that send mail. Each retries until it gets 451, even if the decoy restarts meanwhile. */
final class MailLoad implements AutoCloseable {
    private static final String RECIPIENT = "user@example.org";
    private static final long POLL_TIMEOUT_MILLIS = 50;
    private static final long RETRY_PAUSE_NANOS = Duration.ofMillis(20).toNanos();

    private final int port;
    private final BlockingQueue<String> clients = new LinkedBlockingQueue<>();
    private final AtomicInteger deferred = new AtomicInteger();
    private final List<Thread> threads;
    private volatile boolean stopped;

    private MailLoad(int port, int threads) {
        this.port = port;
        this.threads = IntStream.range(0, threads)
                .mapToObj(i -> new Thread(this::sendMail, "load-" + i))
                .toList();
    }

    /**
     * @param port the decoy's SMTP port
     * @param threads the number of clients that send at the same time
     */
    static MailLoad start(int port, int threads) {
        MailLoad load = new MailLoad(port, threads);
        load.threads.forEach(Thread::start);
        return load;
    }

    /** Adds clients that send mail. */
    void addClients(Collection<String> added) {
        clients.addAll(added);
    }

    /** The number of clients that got 451. */
    int deferredCount() {
        return deferred.get();
    }

    private void sendMail() {
        while (!stopped) {
            String client = pollClient();
            if (client == null) {
                continue;
            }
            if (isDeferred(client)) {
                deferred.incrementAndGet();
            } else {
                clients.add(client);
                LockSupport.parkNanos(RETRY_PAUSE_NANOS);
            }
        }
    }

    private @Nullable String pollClient() {
        try {
            return clients.poll(POLL_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            stopped = true;
            return null;
        }
    }

    private boolean isDeferred(String client) {
        try {
            return ProxiedClient.mail(port, client, RECIPIENT).startsWith("451 ");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        stopped = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
