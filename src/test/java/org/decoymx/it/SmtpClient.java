package org.decoymx.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A plain SMTP client on loopback that sends commands and waits for replies. */
final class SmtpClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 120_000;

    private final Socket socket;
    private final BufferedReader reader;

    /**
     * @param from the client address, in 127.0.0.0/8, or ::1 to connect over IPv6
     */
    SmtpClient(int port, String from) throws IOException {
        InetAddress clientAddress = InetAddress.getByName(from);
        InetAddress server = clientAddress instanceof Inet6Address ? clientAddress : InetAddress.getLoopbackAddress();
        socket = new Socket();
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.bind(new InetSocketAddress(clientAddress, 0));
        socket.connect(new InetSocketAddress(server, port), TIMEOUT_MILLIS);
        reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    void sendLine(String line) throws IOException {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends a command and returns the last line of the reply. */
    String sendCommand(String line) throws IOException {
        sendLine(line);
        return readReply();
    }

    /** Returns the next line; null at the end of the connection. */
    @Nullable
    String readLine() throws IOException {
        return reader.readLine();
    }

    /** Returns the lines of the next reply. */
    List<String> readLines() throws IOException {
        List<String> lines = new ArrayList<>();
        String line;
        do {
            line = String.valueOf(reader.readLine());
            lines.add(line);
        } while (line.length() > 3 && line.charAt(3) == '-');
        return lines;
    }

    /** Returns the last line of the next reply. */
    String readReply() throws IOException {
        List<String> lines = readLines();
        return lines.get(lines.size() - 1);
    }

    /**
     * Reads the greeting, and sends a mail transaction as far as the server accepts it.
     *
     * @return the reply to RCPT if it is not 250, otherwise the reply to DATA
     */
    String mail(String recipient) throws IOException {
        readReply();
        sendCommand("EHLO client.test");
        sendCommand("MAIL FROM:<sender@client.test>");
        String reply = sendCommand("RCPT TO:<" + recipient + ">");
        if (reply.startsWith("250")) {
            reply = sendCommand("DATA");
        }
        sendCommand("QUIT");
        return reply;
    }

    /** The same over a new connection from an address in 127.0.0.0/8. */
    static String mail(int port, String from, String recipient) throws IOException {
        try (SmtpClient socket = new SmtpClient(port, from)) {
            return socket.mail(recipient);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
