package org.decoymx.admin.notify;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.decoymx.support.FileMessages;
import org.decoymx.support.PrintableText;
import org.jboss.logging.Logger;

/**
 * Runs a program for each notification, without a shell: the JSON is its input, and its variables are
 * {@code DECOY_EVENT}, {@code DECOY_EVENT_STATE}, {@code DECOY_EVENT_ID} and {@code DECOY_EVENT_TEXT}. It does not get
 * the other variables of the decoy, which may be secrets.
 */
final class CommandDelivery implements Outbox.Delivery {
    static final Duration MAX_TIME = Duration.ofSeconds(30);

    private static final Logger LOG = Logger.getLogger(CommandDelivery.class);
    private static final Set<String> PASSED_ON = Set.of("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR");
    private static final int MAX_OUTPUT = 1_000;
    private static final int MAX_LOGGED = 300;
    private static final int BLOCK = 8_192;
    private static final int CHECK_MILLIS = 50;

    /** A process that hangs in the kernel is left alone after this. */
    private static final Duration KILL_TIME = Duration.ofSeconds(5);

    private final List<String> command;
    private final ObjectMapper json;
    private final Duration maxTime;

    CommandDelivery(List<String> command, ObjectMapper json, Duration maxTime) {
        this.command = command;
        this.json = json;
        this.maxTime = maxTime;
    }

    @Override
    public void deliver(Notification notification) throws DeliveryException {
        try {
            run(notification);
        } catch (IOException e) {
            throw new DeliveryException("the command cannot be run: " + FileMessages.describe(e), true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeliveryException("interrupted", false);
        }
    }

    private void run(Notification notification) throws IOException, InterruptedException, DeliveryException {
        Process process = start(notification);
        CompletableFuture<Boolean> timeout = new CompletableFuture<>();
        killAfterTimeout(process, timeout);
        StringBuilder output = new StringBuilder();
        try {
            write(process, notification.toJson(json));
            long checks = maxTime.plus(KILL_TIME).toMillis() / CHECK_MILLIS;
            while (checks-- > 0 && !process.waitFor(CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
                readAvailable(process, output);
            }
            readAvailable(process, output);
        } finally {
            kill(process);
            close(process);
        }
        String printed = PrintableText.escape(output.toString().strip(), MAX_LOGGED);
        if (timeout.getNow(false) || process.isAlive()) {
            throw new DeliveryException("the command did not end within " + maxTime.toSeconds() + " s", true);
        }
        if (process.exitValue() != 0) {
            throw new DeliveryException("the command ended with " + process.exitValue() + ": " + printed, true);
        }
        if (!printed.isEmpty()) {
            LOG.infof("The command for notifications printed: %s", printed);
        }
    }

    private Process start(Notification notification) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> variables = builder.environment();
        variables.keySet().retainAll(PASSED_ON);
        variables.put("DECOY_EVENT", notification.event());
        variables.put("DECOY_EVENT_STATE", notification.state());
        variables.put("DECOY_EVENT_ID", notification.id());
        variables.put("DECOY_EVENT_TEXT", notification.sentence());
        return builder.start();
    }

    /** Also ends a write to a program that does not read. */
    private void killAfterTimeout(Process process, CompletableFuture<Boolean> timeout) {
        Executor later = CompletableFuture.delayedExecutor(maxTime.toMillis(), TimeUnit.MILLISECONDS);
        later.execute(() -> {
            if (process.isAlive()) {
                timeout.complete(true);
                kill(process);
            }
        });
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** The program need not read it. */
    private static void write(Process process, byte[] input) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(input);
        } catch (IOException e) {
            LOG.debug("The command did not read its input", e);
        }
    }

    /** Does not wait, because a process that the command leaves behind may keep its output open. */
    private static void readAvailable(Process process, StringBuilder output) {
        InputStream out = process.getInputStream();
        try {
            for (int octets = out.available(); octets > 0; octets = out.available()) {
                String text = new String(out.readNBytes(Math.min(octets, BLOCK)), StandardCharsets.UTF_8);
                output.append(text, 0, Math.min(text.length(), MAX_OUTPUT - output.length()));
            }
        } catch (IOException e) {
            LOG.debug("The command was killed, which closes its output", e);
        }
    }

    private static void close(Process process) throws IOException {
        process.getInputStream().close();
        process.getErrorStream().close();
    }
}
