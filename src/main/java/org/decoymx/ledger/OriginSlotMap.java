package org.decoymx.ledger;

import it.unimi.dsi.fastutil.HashCommon;
import java.security.SecureRandom;
import java.util.Arrays;
import org.decoymx.net.IpPrefix;

/**
 * Finds the slots of senders of one address family in a {@link PackedCountsArray}: those of all nodes about a sender
 * are a chain. A hash table with linear probing, which takes 6 to 12 octets for each IPv4 address or IPv6 /64, has the
 * first slot of it. Other addresses of the /64 are below that in a binary tree, ordered by a secret hash, so that it is
 * flat whatever addresses are chosen. Not thread-safe.
 */
final class OriginSlotMap {
    private static final int NO_SLOT = PackedCountsArray.NO_SLOT;
    private static final int INITIAL_SIZE = 16;

    /** Who has a large network must not be able to choose addresses with the same hash. */
    private static final long SECRET = new SecureRandom().nextLong();

    private final PackedCountsArray slots;
    private int[] roots = emptyTable(INITIAL_SIZE);
    private int networks;

    OriginSlotMap(PackedCountsArray slots) {
        this.slots = slots;
    }

    private static int[] emptyTable(int length) {
        int[] table = new int[length];
        Arrays.fill(table, NO_SLOT);
        return table;
    }

    private static long hash(long bits) {
        return HashCommon.mix(bits ^ SECRET);
    }

    private int home(long bits) {
        return (int) hash(bits) & roots.length - 1;
    }

    private int after(int position) {
        return position + 1 & roots.length - 1;
    }

    /** The position of an IPv4 address or IPv6 /64 in the table, or the free one where it belongs. */
    private int position(long bits) {
        int position = home(bits);
        while (roots[position] != NO_SLOT && slots.bits(roots[position]) != bits) {
            position = after(position);
        }
        return position;
    }

    private static long low(IpPrefix origin) {
        return origin.v6() ? origin.low() : 0;
    }

    /** Whether an address is in the right one of the two trees below another one of its /64. */
    private boolean isRight(long low, int parent) {
        return hash(low) > hash(slots.low(parent));
    }

    /** The first slot of a sender, or {@link PackedCountsArray#NO_SLOT}. */
    int first(IpPrefix origin) {
        long low = low(origin);
        int slot = roots[position(origin.bits())];
        while (slot != NO_SLOT && slots.low(slot) != low) {
            slot = slots.child(slot, isRight(low, slot));
        }
        return slot;
    }

    /** Allocates a slot for a sender, besides those that it has. */
    int add(IpPrefix origin) {
        int first = first(origin);
        int slot = slots.allocate(origin);
        if (first == NO_SLOT) {
            addFirst(slot);
        } else {
            slots.setNext(slot, slots.next(first));
            slots.setNext(first, slot);
        }
        return slot;
    }

    private void addFirst(int slot) {
        int position = position(slots.bits(slot));
        int parent = roots[position];
        if (parent == NO_SLOT) {
            roots[position] = slot;
            if (++networks > roots.length / 3 * 2) {
                grow();
            }
            return;
        }
        long low = slots.low(slot);
        for (int child = slots.child(parent, isRight(low, parent)); child != NO_SLOT; ) {
            parent = child;
            child = slots.child(parent, isRight(low, parent));
        }
        slots.setChild(parent, isRight(low, parent), slot);
    }

    private void grow() {
        int[] old = roots;
        roots = emptyTable(2 * old.length);
        for (int slot : old) {
            if (slot != NO_SLOT) {
                roots[position(slots.bits(slot))] = slot;
            }
        }
    }

    /** Removes and releases a slot. */
    void remove(int slot) {
        int first = first(slots.origin(slot));
        int next = slots.next(slot);
        if (slot != first) {
            int previous = first;
            while (slots.next(previous) != slot) {
                previous = slots.next(previous);
            }
            slots.setNext(previous, next);
        } else if (next != NO_SLOT) {
            replaceInTree(slot, next);
        } else {
            removeFromTree(slot);
        }
        slots.release(slot);
    }

    private void replaceInTree(int slot, int replacement) {
        setLink(slot, replacement);
        for (boolean right : new boolean[] {false, true}) {
            int child = slots.child(slot, right);
            if (child != NO_SLOT) {
                slots.setChild(replacement, right, child);
            }
        }
    }

    private void removeFromTree(int slot) {
        int left = slots.child(slot, false);
        int right = slots.child(slot, true);
        if (left == NO_SLOT || right == NO_SLOT) {
            setLink(slot, left == NO_SLOT ? right : left);
            return;
        }
        int successor = right;
        while (slots.child(successor, false) != NO_SLOT) {
            successor = slots.child(successor, false);
        }
        setLink(successor, slots.child(successor, true));
        slots.setChild(successor, true, NO_SLOT);
        replaceInTree(slot, successor);
    }

    /** Sets the link to a first slot to another one. */
    private void setLink(int slot, int target) {
        int position = position(slots.bits(slot));
        if (roots[position] != slot) {
            long low = slots.low(slot);
            int parent = roots[position];
            while (slots.child(parent, isRight(low, parent)) != slot) {
                parent = slots.child(parent, isRight(low, parent));
            }
            slots.setChild(parent, isRight(low, parent), target);
        } else if (target == NO_SLOT) {
            removeAt(position);
        } else {
            roots[position] = target;
        }
    }

    /** Moves those back that are beyond the freed position only because it was taken. */
    private void removeAt(int removed) {
        int free = removed;
        for (int i = after(free); roots[i] != NO_SLOT; i = after(i)) {
            int home = home(slots.bits(roots[i]));
            if (distance(home, i) >= distance(free, i)) {
                roots[free] = roots[i];
                free = i;
            }
        }
        roots[free] = NO_SLOT;
        networks--;
    }

    private int distance(int from, int to) {
        return to - from & roots.length - 1;
    }

    /** Number of addresses in the /64 of an IPv6 sender, up to a maximum; the /64 itself is none. */
    int countAddresses(IpPrefix origin, int max) {
        return countBelow(roots[position(origin.bits())], max);
    }

    private int countBelow(int slot, int max) {
        int count = 0;
        if (slot != NO_SLOT && max > 0) {
            count = slots.low(slot) == 0 ? 0 : 1;
            count += countBelow(slots.child(slot, false), max - count);
            count += countBelow(slots.child(slot, true), max - count);
        }
        return count;
    }
}
