package org.decoymx.feed;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Octets in the making, off the heap: there they are sent as they are, to however many readers; on the heap they would be
 * copied whole for each.
 */
final class Pieces extends OutputStream {
    private static final int MIN_OCTETS = 2 * Budget.UNIT;
    private static final int MAX_OCTETS = 1 << 20;

    private final Budget budget;
    private final BooleanSupplier relief;
    private final List<ByteBuf> pieces = new ArrayList<>();
    private ByteBuf piece = Unpooled.EMPTY_BUFFER;
    private long taken;
    private boolean refused;

    /**
     * @param relief makes room in the budget, as {@link Budget#take} wants it
     */
    Pieces(Budget budget, BooleanSupplier relief) {
        this.budget = budget;
        this.relief = relief;
    }

    @Override
    public void write(int octet) {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int from, int count) {
        for (int done = 0; done < count && !refused; ) {
            if (!piece.isWritable()) {
                add();
            }
            int fits = Math.min(piece.writableBytes(), count - done);
            piece.writeBytes(octets, from + done, fits);
            done += fits;
        }
    }

    /** Each is as large as all before it, so small bodies stay small. What a coder writes once there is no room is dropped. */
    private void add() {
        int size = (int) Math.max(MIN_OCTETS, Math.min(taken, MAX_OCTETS));
        refused = true;
        budget.take(size, taken, relief);
        refused = false;
        taken += size;
        piece = Unpooled.directBuffer(size, size);
        pieces.add(piece);
    }

    /** How many octets of the budget this has. */
    long taken() {
        return taken;
    }

    /** All that was written; whoever asks has to release it, and to give back to the budget what it took. */
    ByteBuf octets() {
        return Unpooled.wrappedUnmodifiableBuffer(pieces.toArray(ByteBuf[]::new));
    }

    /** Gives everything back. */
    void discard() {
        pieces.forEach(ByteBuf::release);
        pieces.clear();
        budget.giveBack(taken);
        taken = 0;
    }
}
