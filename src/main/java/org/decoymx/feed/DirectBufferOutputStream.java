package org.decoymx.feed;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Collects a body in direct buffers. Direct buffers are sent without a copy, to any number of readers; Netty copies
 * heap buffers for each connection.
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
     * @param freeMemory frees memory of the budget, see {@link MemoryBudget#acquire}
     */
    DirectBufferOutputStream(MemoryBudget budget, BooleanSupplier freeMemory) {
        this.budget = budget;
        this.freeMemory = freeMemory;
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

    /**
     * Each buffer is as large as all before it together, so that small bodies stay small. When the budget is exhausted,
     * the output that an encoder writes while it is closed is discarded.
     */
    private void allocateBuffer() {
        int size = (int) Math.max(MIN_BUFFER_SIZE, Math.min(allocatedBytes, MAX_BUFFER_SIZE));
        exhausted = true;
        budget.acquire(size, allocatedBytes, freeMemory);
        exhausted = false;
        allocatedBytes += size;
        current = Unpooled.directBuffer(size, size);
        buffers.add(current);
    }

    /** Returns all octets written. They are valid until {@link #discard}. */
    ByteBuf toByteBuf() {
        return Unpooled.wrappedUnmodifiableBuffer(buffers.toArray(ByteBuf[]::new));
    }

    /** Releases the buffers and their memory in the budget. */
    void discard() {
        buffers.forEach(ByteBuf::release);
        buffers.clear();
        budget.release(allocatedBytes);
        allocatedBytes = 0;
    }
}
