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
final class DirectBufferOutputStream extends OutputStream {
    private static final int MIN_BUFFER_SIZE = 2 * MemoryBudget.UNIT_BYTES;
    private static final int MAX_BUFFER_SIZE = 1 << 20;

    private final MemoryBudget budget;
    private final BooleanSupplier freeMemory;
    private final List<ByteBuf> buffers = new ArrayList<>();
    private ByteBuf current = Unpooled.EMPTY_BUFFER;
    private long allocatedBytes;
    private boolean exhausted;

    /**
     * @param relief makes room in the budget, as {@link MemoryBudget#acquire} wants it
     */
    DirectBufferOutputStream(MemoryBudget budget, BooleanSupplier relief) {
        this.budget = budget;
        this.freeMemory = relief;
    }

    @Override
    public void write(int octet) {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int from, int count) {
        for (int done = 0; done < count && !exhausted; ) {
            if (!current.isWritable()) {
                allocateBuffer();
            }
            int fits = Math.min(current.writableBytes(), count - done);
            current.writeBytes(octets, from + done, fits);
            done += fits;
        }
    }

    /** Each is as large as all before it, so small bodies stay small. What a coder writes once there is no room is dropped. */
    private void allocateBuffer() {
        int size = (int) Math.max(MIN_BUFFER_SIZE, Math.min(allocatedBytes, MAX_BUFFER_SIZE));
        exhausted = true;
        budget.acquire(size, allocatedBytes, freeMemory);
        exhausted = false;
        allocatedBytes += size;
        current = Unpooled.directBuffer(size, size);
        buffers.add(current);
    }

    /** How many octets of the budget this has. */
    long allocatedBytes() {
        return allocatedBytes;
    }

    /** All that was written; whoever asks has to release it, and to give back to the budget what it took. */
    ByteBuf toByteBuf() {
        return Unpooled.wrappedUnmodifiableBuffer(buffers.toArray(ByteBuf[]::new));
    }

    /** Gives everything back. */
    void discard() {
        buffers.forEach(ByteBuf::release);
        buffers.clear();
        budget.release(allocatedBytes);
        allocatedBytes = 0;
    }
}
