package org.decoymx.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.decoymx.it.RealProgram;

/** A connection from an address of a namespace to port 25, over the standard input and output of a socat there. */
final class LabClient implements AutoCloseable {
    private final Process process;
    private final BufferedReader reader;

    /**
     * Connects.
     *
     * @param from the client address
     * @param to the address of the server
     */
    LabClient(LabNamespace namespace, String from, String to) throws IOException {
        process = namespace
                .builder(
                        RealProgram.require("socat"),
                        "-t",
                        "30",
                        "STDIO",
                        "TCP:" + bracketed(to) + ":25,bind=" + bracketed(from))
                .start();
        reader = process.inputReader(StandardCharsets.ISO_8859_1);
    }

    private static String bracketed(String address) {
        return address.contains(":") ? "[" + address + "]" : address;
    }

    /** Offers a message as a client that waits for each reply. Returns the first reply that refuses, or the last. */
    static String offer(LabNamespace namespace, String from, String to, String sender, String recipient)
            throws IOException {
        try (LabClient client = new LabClient(namespace, from, to)) {
            String reply = client.readReply();
            for (String command : new String[] {
                "EHLO client.example.net",
                "MAIL FROM:<" + sender + ">",
                "RCPT TO:<" + recipient + ">",
                "DATA",
                "Subject: hello\r\n\r\nhello\r\n."
            }) {
                if (!reply.startsWith("2") && !reply.startsWith("354")) {
                    break;
                }
                reply = client.sendCommand(command);
            }
            if (!reply.startsWith("421")) {
                client.sendCommand("QUIT");
            }
            return reply;
        }
    }

    /** Sends octets without waiting. */
    void send(String octets) throws IOException {
        process.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
        process.getOutputStream().flush();
    }

    /** Sends a command and returns the last line of the reply. */
    String sendCommand(String line) throws IOException {
        send(line + "\r\n");
        return readReply();
    }

    /** The last line of the next reply; {@code null} as a text at the end of the connection. */
    String readReply() throws IOException {
        String line = reader.readLine();
        while (line != null && line.length() > 3 && line.charAt(3) == '-') {
            line = reader.readLine();
        }
        return String.valueOf(line);
    }

    /** Ends the connection when all replies to what was sent are read; returns them. */
    String readToEnd() throws IOException {
        process.getOutputStream().close();
        return reader.lines().collect(Collectors.joining("\n"));
    }

    /** Ends the connection, as an impatient client does. */
    @Override
    public void close() {
        process.destroy();
    }
}
