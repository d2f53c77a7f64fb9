package org.decoymx.exchange;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.decoymx.ledger.Node;
import org.decoymx.net.IpPrefix;

/**
 * The key of a state in the topic: the name of the node, a zero octet, and the 4 or 16 octets of the sender's address.
 * With 16 octets, an address whose last 64 bits are zero stands for its /64.
 */
record StateKey(Node node, IpPrefix origin) {
    private static final int V4_OCTETS = 4;
    private static final int V6_OCTETS = 16;
    private static final int MAX_NAME = 64;
    private static final char ORGANISATION = '@';

    /** The key in the topic of the node's own organisation. */
    byte[] encode() {
        byte[] name = node.name().getBytes(StandardCharsets.US_ASCII);
        byte[] address = origin.toInetAddress().getAddress();
        byte[] key = Arrays.copyOf(name, name.length + 1 + address.length);
        System.arraycopy(address, 0, key, name.length + 1, address.length);
        return key;
    }

    /**
     * The inverse of {@link #encode}.
     *
     * @param suffix what follows the name of a node here: empty for the own prefix, {@code @PREFIX} for another one
     * @throws PoisonException if no node writes such a key
     */
    static StateKey decode(byte[] key, String suffix) throws PoisonException {
        int end = 0;
        while (end < key.length && key[end] != 0) {
            end++;
        }
        int octets = key.length - end - 1;
        if (end == 0 || end > MAX_NAME || octets != V4_OCTETS && octets != V6_OCTETS) {
            throw new PoisonException("key: must be a node name, a zero octet, and 4 or 16 octets of an address");
        }
        String name = new String(key, 0, end, StandardCharsets.US_ASCII);
        if (name.indexOf(ORGANISATION) >= 0) {
            throw new PoisonException("key: a node name must not contain " + ORGANISATION);
        }
        return new StateKey(node(name + suffix), origin(Arrays.copyOfRange(key, end + 1, key.length)));
    }

    private static Node node(String name) throws PoisonException {
        try {
            return new Node(name);
        } catch (IllegalArgumentException e) {
            throw new PoisonException("key: " + e.getMessage());
        }
    }

    private static IpPrefix origin(byte[] octets) throws PoisonException {
        try {
            InetAddress address = InetAddress.getByAddress(octets);
            if (address.getAddress().length == octets.length) { // an IPv4-mapped address would have a second key
                return IpPrefix.hostNetworkOf(address);
            }
        } catch (UnknownHostException e) {
            throw new PoisonException("key: " + e.getMessage());
        }
        throw new PoisonException("key: an IPv4 address must have 4 octets");
    }
}
