package org.decoymx.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A mail server that takes all mail, and keeps it: Postfix's smtp-sink. */
final class SmtpSink implements AutoCloseable {
    private final String program = RealProgram.require("smtp-sink");
    private final Path dir = TestResources.createDirectory("sink");
    private final Path mail = Postfix.setOwnerToPostfix(Files.createDirectory(dir.resolve("mail")));
    private final int port = TestResources.reservePort();
    private final DaemonProcess daemon = DaemonProcess.start(
            dir, port, program, "-c", "-u", "postfix", "-d", mail.resolve("m.").toString(), "127.0.0.1:" + port, "100");

    SmtpSink() throws IOException {}

    /** Where it takes mail. */
    int port() {
        return port;
    }

    /** The lines of all messages that begin so; each message has its envelope before it, as {@code X-Rcpt-Args:}. */
    List<String> lines(String prefix) throws IOException {
        try (Stream<Path> files = Files.list(mail)) {
            return files.flatMap(file -> CompletedProgram.read(file).lines())
                    .filter(line -> line.startsWith(prefix))
                    .toList();
        }
    }

    @Override
    public void close() {
        daemon.close();
        TestResources.delete(dir);
    }
}
