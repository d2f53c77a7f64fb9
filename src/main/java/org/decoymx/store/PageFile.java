package org.decoymx.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The pages of an SQLite database that SQLite may refuse to read, with what was committed to its write-ahead log. See
 * <a href="https://sqlite.org/fileformat2.html">the file format</a>, sections 1.3 and 4.
 */
final class PageFile implements Closeable {
    private static final Logger LOG = Logger.getLogger(Database.class);
    private static final byte[] MAGIC = {'S', 'Q', 'L', 'i', 't', 'e', ' ', 'f', 'o', 'r', 'm', 'a', 't'};
    private static final int PAGE_SIZE_OFFSET = 16;
    private static final int MIN_PAGE_SIZE = 512;
    private static final int MAX_PAGE_SIZE = 65_536;
    private static final int WAL_MAGIC = 0x377f_0682;
    private static final int WAL_HEADER_SIZE = 32;
    private static final int WAL_SUM_OFFSET = 24;
    private static final int FRAME_HEADER_SIZE = 24;

    private final FileChannel file;
    private final @Nullable FileChannel wal;
    private final Map<Integer, Long> walOffsets = new HashMap<>();
    private final boolean hasHeader;
    private final int pageSize;
    private final int pageCount;
    private final BitSet overflowPages = new BitSet();

    /**
     * No connection may have the file open.
     *
     * @param defaultPageSize the page size, if the damaged header does not say it
     */
    PageFile(Path path, Path walPath, int defaultPageSize) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.READ);
        wal = Files.exists(walPath) ? FileChannel.open(walPath, StandardOpenOption.READ) : null;
        ByteBuffer header = readFully(file, 0, PAGE_SIZE_OFFSET + Short.BYTES);
        hasHeader = header.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
        pageSize = hasHeader ? readPageSize(header, defaultPageSize) : defaultPageSize;
        if (wal != null) {
            indexWal(wal);
        }
        int inWal =
                walOffsets.keySet().stream().mapToInt(Integer::intValue).max().orElse(0);
        pageCount = Math.max(inWal, (int) ((file.size() + pageSize - 1) / pageSize));
    }

    private static int readPageSize(ByteBuffer header, int defaultPageSize) {
        int stored = Short.toUnsignedInt(header.getShort(PAGE_SIZE_OFFSET));
        int size = stored == 1 ? MAX_PAGE_SIZE : stored;
        return Integer.bitCount(size) == 1 && size >= MIN_PAGE_SIZE ? size : defaultPageSize;
    }

    /** Finds the last committed version of each page. Stops at the first frame that is not valid, as SQLite does. */
    private void indexWal(FileChannel log) throws IOException {
        ByteBuffer header = readFully(log, 0, WAL_HEADER_SIZE);
        int magic = header.getInt(0);
        if ((magic & ~1) != WAL_MAGIC || header.getInt(8) != pageSize) {
            return;
        }
        WalSum sum = new WalSum((magic & 1) == 1 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        sum.add(header, 0, WAL_SUM_OFFSET);
        if (!sum.matches(header, WAL_SUM_OFFSET)) {
            return;
        }
        Map<Integer, Long> transaction = new HashMap<>();
        int frameSize = FRAME_HEADER_SIZE + pageSize;
        for (long at = WAL_HEADER_SIZE; at + frameSize <= log.size(); at += frameSize) {
            ByteBuffer frame = readFully(log, at, frameSize);
            sum.add(frame, 0, 8);
            sum.add(frame, FRAME_HEADER_SIZE, frameSize);
            if (frame.getLong(8) != header.getLong(16) || !sum.matches(frame, 16)) {
                return;
            }
            transaction.put(frame.getInt(0), at + FRAME_HEADER_SIZE);
            if (frame.getInt(4) != 0) {
                walOffsets.putAll(transaction);
                transaction.clear();
            }
        }
    }

    /** The checksum of the write-ahead log, section 4.2. */
    private static final class WalSum {
        private final ByteOrder order;
        private int first;
        private int second;

        WalSum(ByteOrder order) {
            this.order = order;
        }

        void add(ByteBuffer data, int from, int to) {
            ByteBuffer ordered = data.duplicate().order(order);
            for (int i = from; i < to; i += 2 * Integer.BYTES) {
                first += ordered.getInt(i) + second;
                second += ordered.getInt(i + Integer.BYTES) + first;
            }
        }

        boolean matches(ByteBuffer data, int at) {
            return data.getInt(at) == first && data.getInt(at + Integer.BYTES) == second;
        }
    }

    /** Whether the first page begins as that of a database. */
    boolean hasHeader() {
        return hasHeader;
    }

    int pageSize() {
        return pageSize;
    }

    /** The number of pages; the first one is 1. */
    int pageCount() {
        return pageCount;
    }

    /** Reads a page; one that the file does not have to its end is zero, as the rest of a row could be missing. */
    ByteBuffer read(int number) throws IOException {
        Long inWal = walOffsets.get(number);
        if (inWal != null && wal != null) {
            return readFully(wal, inWal, pageSize);
        }
        long start = (number - 1L) * pageSize;
        return start + pageSize <= file.size() ? readFully(file, start, pageSize) : ByteBuffer.allocate(pageSize);
    }

    /** Reads a page with the rest of a row. */
    ByteBuffer readOverflow(int number) throws IOException {
        overflowPages.set(number);
        return read(number);
    }

    /** The pages with the rest of a row, as far as they were read. */
    BitSet overflowPages() {
        return overflowPages;
    }

    /** What the disk cannot read is zero. */
    private static ByteBuffer readFully(FileChannel channel, long position, int length) {
        ByteBuffer octets = ByteBuffer.allocate(length);
        try {
            while (octets.hasRemaining() && channel.read(octets, position + octets.position()) > 0) {
                // read on
            }
        } catch (IOException e) {
            LOG.debugf("Cannot read %d octets at %d: %s", length, position, e.getMessage());
        }
        return octets.clear();
    }

    @Override
    public void close() throws IOException {
        file.close();
        if (wal != null) {
            wal.close();
        }
    }
}
