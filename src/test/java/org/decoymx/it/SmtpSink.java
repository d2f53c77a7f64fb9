package org.decoymx.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Postfix's smtp-sink, a mail server that accepts all mail and stores it. */
final class SmtpSink implements AutoCloseable {
    private final String program = RealProgram.require("smtp-sink");
    private final Path dir = TestResources.createDirectory("sink");
    private final Path mail = Postfix.setOwnerToPostfix(Files.createDirectory(dir.resolve("mail")));
    private final int port = TestResources.reservePort();
    private final DaemonProcess daemon = DaemonProcess.start(
            dir, port, program, "-c", "-u", "postfix", "-d", mail.resolve("m.").toString(), "127.0.0.1:" + port, "100");

    SmtpSink() throws IOException {}

    int port() {
        return port;
    }

    /** The lines of all messages with a prefix. Headers such as {@code X-Rcpt-Args:} contain the envelope. */
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
