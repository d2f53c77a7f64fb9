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

/** Talks to a DNS port of loopback over UDP and TCP, and can tell silence without waiting for it. */
final class RawDnsClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 120_000;
    private static final Duration AT_ONCE = Duration.ofSeconds(5);
    private static final int MAX_MESSAGE_LENGTH = 65_535;
    private static final byte[] NO_RESPONSE = {};

    /** Of the question that follows another to see whether that is answered. */
    private static final int PROBE_ID = 0xbeef;

    private final int port;
    private final String zone;
    private final DatagramSocket udp;

    RawDnsClient(int port, String zone) throws IOException {
        this(port, zone, "127.0.0.1");
    }

    /**
     * @param from the address the datagrams come from
     */
    RawDnsClient(int port, String zone, String from) throws IOException {
        this.port = port;
        this.zone = zone;
        udp = new DatagramSocket(new InetSocketAddress(InetAddress.getByName(from), 0));
        udp.setSoTimeout(TIMEOUT_MILLIS);
        udp.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** Sends a datagram. */
    void send(byte[] message) throws IOException {
        udp.send(new DatagramPacket(message, message.length));
    }

    /** The next datagram. */
    byte[] receive() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[MAX_MESSAGE_LENGTH], MAX_MESSAGE_LENGTH);
        udp.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    /** The answer to a datagram; no octets when there is none before that to a question sent after it. */
    byte[] queryUdp(byte[] message) throws IOException {
        send(message);
        byte[] probe = DnsMessages.question(PROBE_ID, "2.0.0.127." + zone, DnsMessages.A);
        send(probe);
        byte[] first = receive();
        byte[] last = DnsMessages.id(first) == PROBE_ID ? first : receive();
        assertThat(DnsMessages.id(last)).isEqualTo(PROBE_ID);
        assertThat(DnsMessages.answerCount(last)).as("to a good question").isOne();
        return first == last ? NO_RESPONSE : first;
    }

    /** The answer to a message over a TCP connection of its own; no octets when that is closed. */
    byte[] queryTcp(byte[] message) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(withLengthPrefix(message));
            return readPromptly(socket);
        }
    }

    /** The same as {@link #readMessage}, well before the port closes a silent connection. */
    static byte[] readPromptly(Socket socket) throws IOException {
        Stopwatch waiting = Stopwatch.start();
        byte[] message = readMessage(new DataInputStream(socket.getInputStream()));
        waiting.assertWithin(AT_ONCE);
        return message;
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    /** A message with its length before it. */
    static byte[] withLengthPrefix(byte[] message) {
        return DnsMessages.join(DnsMessages.shorts(message.length), message);
    }

    /** The next message of a connection; no octets when that is closed, or reset for what was not read. */
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
        udp.close();
    }
}
