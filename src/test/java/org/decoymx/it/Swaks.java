package org.decoymx.it;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Sends messages with swaks. */
final class Swaks {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private Swaks() {}

    /**
     * Sends a message to user@example.org.
     *
     * @param from the client address, in 127.0.0.0/8
     * @param options additional options
     */
    static CompletedProgram send(int port, String from, String... options) {
        List<String> command = new ArrayList<>(List.of(
                RealProgram.require("swaks"),
                "--server",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--local-interface",
                from,
                "--helo",
                "client.test",
                "--from",
                "sender@client.test",
                "--to",
                "user@example.org"));
        command.addAll(List.of(options));
        return CompletedProgram.run(LIMIT, command.toArray(String[]::new));
    }
}
