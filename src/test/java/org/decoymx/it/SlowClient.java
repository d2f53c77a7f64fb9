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

/** A client that holds a connection to a port of loopback, and says nothing, or little by little, or all, and does not read. */
final class SlowClient implements AutoCloseable {
    private static final int BUFFER_SIZE = 4_096;

    private final SocketChannel channel;
    private final ByteBuffer data;

    private SlowClient(int port, String from, byte[] words) throws IOException {
        this.data = ByteBuffer.wrap(words);
        channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_SIZE);
        channel.bind(new InetSocketAddress(from, 0));
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.configureBlocking(false);
    }

    /** Those that say nothing, so many of each address, of which none is 127.0.0.0/16. */
    static List<SlowClient> silent(int port, int count, int perClient) throws IOException {
        List<SlowClient> hangers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int client = i / perClient;
            hangers.add(new SlowClient(port, "127.1." + client / 250 + "." + (client % 250 + 1), new byte[0]));
        }
        return hangers;
    }

    /** One that has sent so much, and sends no more. */
    static SlowClient sending(int port, String words) throws IOException {
        SlowClient hanger = dripping(port, words.getBytes(StandardCharsets.ISO_8859_1));
        hanger.channel.write(hanger.data);
        return hanger;
    }

    /** One that sends an octet with each drip. */
    static SlowClient dripping(int port, byte[] words) throws IOException {
        return new SlowClient(port, "127.0.0.1", words);
    }

    /** One that has sent as much as is taken of what is too much. */
    static SlowClient flooding(int port, byte[] words) throws IOException {
        SlowClient hanger = dripping(port, words);
        while (hanger.channel.write(hanger.data) > 0) {
            assertThat(hanger.data.hasRemaining()).as("more than is taken").isTrue();
        }
        return hanger;
    }

    /** Sends an octet; false when it cannot be sent as the connection is no more. */
    boolean sendOctet() {
        try {
            int at = data.position();
            channel.write(data.slice(at, 1));
            data.position(at + 1);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether the connection is there, of one to whom nothing was sent. */
    boolean isOpen() {
        try {
            return channel.read(ByteBuffer.allocate(1)) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    static long countOpen(List<SlowClient> hangers) {
        return hangers.stream().filter(SlowClient::isOpen).count();
    }

    static void close(List<SlowClient> hangers) throws IOException {
        for (SlowClient hanger : hangers) {
            hanger.close();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
