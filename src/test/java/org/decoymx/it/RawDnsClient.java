package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;

/** Queries a DNS port on loopback over UDP and TCP. It detects a missing response without waiting for a timeout. */
final class RawDnsClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 120_000;
    private static final Duration PROMPT = Duration.ofSeconds(5);
    private static final int MAX_MESSAGE_LENGTH = 65_535;
    private static final byte[] NO_RESPONSE = {};

    /** The ID of a second query, whose response shows whether the first query got one. */
    private static final int PROBE_ID = 0xbeef;

    private final int port;
    private final String zone;
    private final DatagramSocket udpSocket;

    RawDnsClient(int port, String zone) throws IOException {
        this(port, zone, "127.0.0.1");
    }

    /**
     * @param from the source address of the datagrams
     */
    RawDnsClient(int port, String zone, String from) throws IOException {
        this.port = port;
        this.zone = zone;
        udpSocket = new DatagramSocket(new InetSocketAddress(InetAddress.getByName(from), 0));
        udpSocket.setSoTimeout(TIMEOUT_MILLIS);
        udpSocket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** Sends a datagram. */
    void send(byte[] message) throws IOException {
        udpSocket.send(new DatagramPacket(message, message.length));
    }

    /** Returns the next datagram. */
    byte[] receive() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[MAX_MESSAGE_LENGTH], MAX_MESSAGE_LENGTH);
        udpSocket.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    /** Returns the response to a datagram; empty if the probe sent after it is answered first. */
    byte[] queryUdp(byte[] message) throws IOException {
        send(message);
        byte[] probe = DnsMessages.question(PROBE_ID, "2.0.0.127." + zone, DnsMessages.A);
        send(probe);
        byte[] first = receive();
        byte[] probeResponse = DnsMessages.id(first) == PROBE_ID ? first : receive();
        assertThat(DnsMessages.id(probeResponse)).isEqualTo(PROBE_ID);
        assertThat(DnsMessages.answerCount(probeResponse))
                .as("answers to the probe")
                .isOne();
        return first == probeResponse ? NO_RESPONSE : first;
    }

    /** Returns the response over a new TCP connection; empty if the server closes it. */
    byte[] queryTcp(byte[] message) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(withLengthPrefix(message));
            return readPromptly(socket);
        }
    }

    /** Like {@link #readMessage}, but well before the server closes an idle connection. */
    static byte[] readPromptly(Socket socket) throws IOException {
        Stopwatch stopwatch = Stopwatch.start();
        byte[] message = readMessage(new DataInputStream(socket.getInputStream()));
        stopwatch.assertWithin(PROMPT);
        return message;
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    /** The message with its length prefix (RFC 1035 section 4.2.2). */
    static byte[] withLengthPrefix(byte[] message) {
        return DnsMessages.join(DnsMessages.shorts(message.length), message);
    }

    /** Returns the next message of a connection; empty if the server closed or reset it. */
    static byte[] readMessage(DataInputStream in) throws IOException {
        int length;
        try {
            length = in.readUnsignedShort();
        } catch (java.io.EOFException | java.net.SocketException e) {
            return NO_RESPONSE;
        }
        return in.readNBytes(length);
    }

    @Override
    public void close() {
        udpSocket.close();
    }
}
