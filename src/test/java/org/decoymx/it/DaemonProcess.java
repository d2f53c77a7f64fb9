package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A program that runs in the foreground until the test ends. */
public final class DaemonProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final long STOP_SECONDS = 10;

    private final Process process;

    private DaemonProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts a program and waits until it listens.
     *
     * @param dir its working directory, which also gets its log
     * @param port the loopback port that it listens on
     */
    public static DaemonProcess start(Path dir, int port, String... command) {
        Path log = dir.resolve(Path.of(command[0]).getFileName() + ".log");
        try {
            DaemonProcess daemon = new DaemonProcess(new ProcessBuilder(command)
                    .directory(dir.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start());
            daemon.awaitPort(port, log);
            return daemon;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitPort(int port, Path log) {
        try {
            await(process.info().command().orElse("the program") + " to listen on " + port)
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(20))
                    .failFast(() -> assertThat(isAlive())
                            .as(() -> CompletedProgram.read(log))
                            .isTrue())
                    .until(() -> isListening(port));
        } catch (RuntimeException | AssertionError e) {
            close();
            throw e;
        }
    }

    private static boolean isListening(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
