package org.decoymx.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A plain client on loopback: it says what it is told, and waits for answers. */
final class SmtpClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 120_000;

    private final Socket socket;
    private final BufferedReader reader;

    /**
     * @param from the address it comes from, in 127.0.0.0/8; or ::1, and then that is where it connects to
     */
    SmtpClient(int port, String from) throws IOException {
        InetAddress own = InetAddress.getByName(from);
        InetAddress server = own instanceof Inet6Address ? own : InetAddress.getLoopbackAddress();
        socket = new Socket();
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.bind(new InetSocketAddress(own, 0));
        socket.connect(new InetSocketAddress(server, port), TIMEOUT_MILLIS);
        reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    /** Sends a line. */
    void sendLine(String line) throws IOException {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends a command and gives the last line of its answer. */
    String sendCommand(String line) throws IOException {
        sendLine(line);
        return readReply();
    }

    /** The next line; null at the end of the connection. */
    @Nullable
    String readLine() throws IOException {
        return reader.readLine();
    }

    /** The last line of the next answer. */
    String readReply() throws IOException {
        String line = reader.readLine();
        while (line != null && line.length() > 3 && line.charAt(3) == '-') {
            line = reader.readLine();
        }
        return String.valueOf(line);
    }

    /**
     * Takes the greeting, and mails as far as the server goes along.
     *
     * @return the answer to RCPT when it is not 250, else that to DATA
     */
    String mail(String recipient) throws IOException {
        readReply();
        sendCommand("EHLO client.test");
        sendCommand("MAIL FROM:<sender@client.test>");
        String answer = sendCommand("RCPT TO:<" + recipient + ">");
        if (answer.startsWith("250")) {
            answer = sendCommand("DATA");
        }
        sendCommand("QUIT");
        return answer;
    }

    /** Mails from an address in 127.0.0.0/8, and gives the answer. */
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
