package org.decoymx.it;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * Ports below the ephemeral range, so that no outgoing connection takes one before its program does. Tests run in
 * several processes at once. Each process claims a block of ports by listening on the first port of the block until it
 * ends.
 */
final class Ports {
    private static final int FIRST = 12_000;
    private static final int BLOCKS = 100;
    private static final int BLOCK_SIZE = 200;

    private final List<ServerSocket> claims = new ArrayList<>();
    private int next;
    private int end;

    /** A port that is free for TCP and UDP and was not returned before. */
    synchronized int next() {
        while (true) {
            if (next == end) {
                claimBlock();
            }
            int port = next++;
            if (isFree(port)) {
                return port;
            }
        }
    }

    private void claimBlock() {
        for (int block = 0; block < BLOCKS; block++) {
            int first = FIRST + block * BLOCK_SIZE;
            if (claim(first)) {
                next = first + 1;
                end = first + BLOCK_SIZE;
                return;
            }
        }
        throw new IllegalStateException("no free block of ports from " + FIRST + " on");
    }

    private boolean claim(int port) {
        try {
            claims.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isFree(int port) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try (ServerSocket tcp = new ServerSocket();
                DatagramSocket udp = new DatagramSocket(address)) {
            tcp.bind(address);
            return tcp.isBound() && udp.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
