package org.decoymx.dns;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.decoymx.it.TestResources;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A name server on loopback that gives the answers of a test, valid or not. */
final class ScriptedNameServer implements AutoCloseable {
    private static final int TTL = 60;

    private final int port = TestResources.reservePort();
    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final Function<Message, List<byte[]>> udpAnswers;
    private final Function<Message, List<byte[]>> tcpAnswers;
    private final AtomicInteger udpQueries = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final Set<Integer> clientPorts = ConcurrentHashMap.newKeySet();

    /**
     * Starts the server.
     *
     * @param udpAnswers the datagrams to send for a query
     * @param tcpAnswers the octets to send after a query over TCP; the connection is reset if there are none
     */
    ScriptedNameServer(Function<Message, List<byte[]>> udpAnswers, Function<Message, List<byte[]>> tcpAnswers)
            throws IOException {
        this.udpAnswers = udpAnswers;
        this.tcpAnswers = tcpAnswers;
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        udp = new DatagramSocket(address);
        tcp = new ServerSocket();
        tcp.bind(address);
        start(this::serveUdp);
        start(this::serveTcp);
    }

    /** Starts a server that answers over UDP only. */
    ScriptedNameServer(Function<Message, List<byte[]>> udpAnswers) throws IOException {
        this(udpAnswers, query -> List.of());
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void start(Task task) {
        Thread thread = new Thread(() -> {
            try {
                while (true) {
                    task.run();
                }
            } catch (SocketException e) {
                // closed
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void serveUdp() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2_048], 2_048);
        udp.receive(packet);
        udpQueries.incrementAndGet();
        clientPorts.add(packet.getPort());
        Message query = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
        for (byte[] answer : udpAnswers.apply(query)) {
            udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
    }

    private void serveTcp() throws IOException {
        try (Socket socket = tcp.accept()) {
            connections.incrementAndGet();
            byte[] query = new byte[new DataInputStream(socket.getInputStream()).readUnsignedShort()];
            new DataInputStream(socket.getInputStream()).readFully(query);
            List<byte[]> answers = tcpAnswers.apply(new Message(query));
            socket.setSoLinger(answers.isEmpty(), 0);
            for (byte[] octets : answers) {
                socket.getOutputStream().write(octets);
                socket.getOutputStream().flush();
            }
        }
    }

    /** A response with these answers, given as in a zone file: {@code "A 192.0.2.1"}. */
    static Message respond(Message query, int code, String... answers) {
        Message response = new Message(query.getHeader().getID());
        response.getHeader().setFlag(Flags.QR);
        response.getHeader().setRcode(code);
        response.addRecord(query.getQuestion(), Section.QUESTION);
        for (String answer : answers) {
            response.addRecord(parseRecord(query.getQuestion().getName(), answer), Section.ANSWER);
        }
        return response;
    }

    private static Record parseRecord(Name name, String text) {
        String[] typeAndData = text.split(" ", 2);
        try {
            return Record.fromString(name, Type.value(typeAndData[0]), DClass.IN, TTL, typeAndData[1], Name.root);
        } catch (IOException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** A message as it is sent over TCP: the length, then the octets. */
    static byte[] withLength(byte[] message) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(octets)) {
            out.writeShort(message.length);
            out.write(message);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return octets.toByteArray();
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    int udpQueries() {
        return udpQueries.get();
    }

    int connections() {
        return connections.get();
    }

    Set<Integer> clientPorts() {
        return Set.copyOf(clientPorts);
    }

    @Override
    public void close() throws IOException {
        udp.close();
        tcp.close();
    }
}
