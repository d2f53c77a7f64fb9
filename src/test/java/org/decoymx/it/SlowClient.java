package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A client that keeps a loopback connection open. It sends nothing, single octets or all its data, and reads only to
 * see whether the connection is open.
 */
final class SlowClient implements AutoCloseable {
    private static final int BUFFER_SIZE = 4_096;

    private final SocketChannel channel;
    private final ByteBuffer data;

    private SlowClient(int port, String from, byte[] data) throws IOException {
        this.data = ByteBuffer.wrap(data);
        channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_SIZE);
        channel.bind(new InetSocketAddress(from, 0));
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.configureBlocking(false);
    }

    /** Clients that send nothing, with a number of connections per address; no address is in 127.0.0.0/16. */
    static List<SlowClient> silent(int port, int count, int perClient) throws IOException {
        List<SlowClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int index = i / perClient;
            clients.add(new SlowClient(port, "127." + (index % 250 + 1) + "." + index / 250 + ".1", new byte[0]));
        }
        return clients;
    }

    /** Clients as {@link #silent}, each of which sends this text first. */
    static List<SlowClient> sending(int port, String data, int count, int perClient) throws IOException {
        List<SlowClient> clients = silent(port, count, perClient);
        for (SlowClient client : clients) {
            client.channel.write(ByteBuffer.wrap(data.getBytes(StandardCharsets.ISO_8859_1)));
        }
        return clients;
    }

    /** A client that sends this text and then stops. */
    static SlowClient sending(int port, String data) throws IOException {
        SlowClient client = dripping(port, data.getBytes(StandardCharsets.ISO_8859_1));
        client.channel.write(client.data);
        return client;
    }

    /** A client that sends one octet at a time, see {@link #sendOctet}. */
    static SlowClient dripping(int port, byte[] data) throws IOException {
        return new SlowClient(port, "127.0.0.1", data);
    }

    /** A client that sends as much of the data as the server accepts. The data must be more than that. */
    static SlowClient flooding(int port, byte[] data) throws IOException {
        SlowClient client = dripping(port, data);
        while (client.channel.write(client.data) > 0) {
            assertThat(client.data.hasRemaining())
                    .as("the server did not accept all the data")
                    .isTrue();
        }
        return client;
    }

    /** Sends an octet; false if the connection is closed. */
    boolean sendOctet() {
        try {
            int position = data.position();
            channel.write(data.slice(position, 1));
            data.position(position + 1);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether the connection is open. Drops what the server has sent. */
    boolean isOpen() {
        ByteBuffer received = ByteBuffer.allocate(BUFFER_SIZE);
        try {
            while (channel.read(received) > 0) {
                received.clear();
            }
            return channel.read(received) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    static long countOpen(List<SlowClient> clients) {
        return clients.stream().filter(SlowClient::isOpen).count();
    }

    static void close(List<SlowClient> clients) throws IOException {
        for (SlowClient client : clients) {
            client.close();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
