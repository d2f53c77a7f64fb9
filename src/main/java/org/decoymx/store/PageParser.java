package org.decoymx.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a page of a b-tree, see <a href="https://sqlite.org/fileformat2.html">the file format</a>, sections 1.6 and
 * 2.1. If the page is not valid, throws {@link IndexOutOfBoundsException}, {@link IllegalArgumentException} or
 * {@link java.nio.BufferUnderflowException}.
 */
final class PageParser {
    private static final int INDEX_INTERIOR = 2;
    private static final int TABLE_INTERIOR = 5;
    private static final int INDEX_LEAF = 10;
    private static final int TABLE_LEAF = 13;
    private static final int FILE_HEADER_SIZE = 100;
    private static final int MAX_PAYLOAD = 1 << 20;
    private static final int MAX_COLUMNS = 100;

    private final PageFile file;
    private final ByteBuffer page;
    private final int start;
    private final int type;

    PageParser(PageFile file, int number) throws IOException {
        this.file = file;
        page = file.read(number);
        start = number == 1 ? FILE_HEADER_SIZE : 0;
        type = page.get(start);
    }

    /** Whether the page seems to be one of a b-tree. */
    boolean isTree() {
        return isInterior() || type == INDEX_LEAF || type == TABLE_LEAF;
    }

    boolean isTableLeaf() {
        return type == TABLE_LEAF;
    }

    private boolean isInterior() {
        return type == INDEX_INTERIOR || type == TABLE_INTERIOR;
    }

    /** The number of cells. */
    int size() {
        int cells = Short.toUnsignedInt(page.getShort(start + 3));
        if (cells > page.capacity() / 4) {
            throw new IllegalArgumentException("too many cells");
        }
        return cells;
    }

    private int cellAt(int index) {
        int array = start + (isInterior() ? 12 : 8);
        return Short.toUnsignedInt(page.getShort(array + Short.BYTES * index));
    }

    /** The numbers of the pages below this one. */
    List<Integer> children() {
        List<Integer> children = new ArrayList<>();
        if (isInterior()) {
            children.add(page.getInt(start + 8));
            for (int i = 0; i < size(); i++) {
                children.add(page.getInt(cellAt(i)));
            }
        }
        return children;
    }

    /** The columns of a row: null, Long, Double, String or byte[]; null if the cell has no row. */
    @Nullable
    Object @Nullable [] readRow(int index) throws IOException {
        if (type == TABLE_INTERIOR) {
            return null;
        }
        ByteBuffer cell = page.duplicate().position(cellAt(index) + (isInterior() ? Integer.BYTES : 0));
        int length = readLength(cell, MAX_PAYLOAD);
        long rowId = type == TABLE_LEAF ? readVarint(cell) : 0;
        @Nullable Object[] row = readRecord(readPayload(cell, length));
        if (type == TABLE_LEAF && row.length > 0 && row[0] == null) {
            row[0] = rowId; // INTEGER PRIMARY KEY
        }
        return row;
    }

    private ByteBuffer readPayload(ByteBuffer cell, int length) throws IOException {
        int usable = file.pageSize();
        int max = type == TABLE_LEAF ? usable - 35 : (usable - 12) * 64 / 255 - 23;
        ByteBuffer payload = ByteBuffer.allocate(length);
        if (length <= max) {
            return payload.put(slice(cell, length)).flip();
        }
        int min = (usable - 12) * 32 / 255 - 23;
        int local = min + (length - min) % (usable - Integer.BYTES);
        payload.put(slice(cell, local <= max ? local : min));
        int next = cell.getInt();
        while (payload.hasRemaining()) {
            if (next <= 0 || next > file.pageCount()) {
                throw new IllegalArgumentException("the row is cut off");
            }
            ByteBuffer overflow = file.readOverflow(next);
            next = overflow.getInt();
            payload.put(slice(overflow, Math.min(payload.remaining(), overflow.remaining())));
        }
        return payload.flip();
    }

    private static ByteBuffer slice(ByteBuffer source, int length) {
        ByteBuffer slice = source.slice(source.position(), length);
        source.position(source.position() + length);
        return slice;
    }

    private static @Nullable Object[] readRecord(ByteBuffer payload) {
        int headerEnd = readLength(payload, payload.limit());
        List<Integer> types = new ArrayList<>();
        while (payload.position() < headerEnd && types.size() < MAX_COLUMNS) {
            types.add(readLength(payload, 2 * MAX_PAYLOAD));
        }
        payload.position(headerEnd);
        @Nullable Object[] row = new @Nullable Object[types.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = readColumn(payload, types.get(i));
        }
        return row;
    }

    private static @Nullable Object readColumn(ByteBuffer payload, int serialType) {
        return switch (serialType) {
            case 0 -> null;
            case 1, 2, 3, 4 -> readInteger(payload, serialType);
            case 5 -> readInteger(payload, 6);
            case 6 -> payload.getLong();
            case 7 -> payload.getDouble();
            case 8 -> 0L;
            case 9 -> 1L;
            default -> readOctets(payload, serialType);
        };
    }

    private static Object readOctets(ByteBuffer payload, int serialType) {
        if (serialType < 12) {
            throw new IllegalArgumentException("unknown type");
        }
        byte[] octets = new byte[(serialType - 12) / 2];
        slice(payload, octets.length).get(octets);
        return serialType % 2 == 0 ? octets : new String(octets, StandardCharsets.UTF_8);
    }

    private static long readInteger(ByteBuffer payload, int octets) {
        long value = payload.get();
        for (int i = 1; i < octets; i++) {
            value = value << Byte.SIZE | Byte.toUnsignedInt(payload.get());
        }
        return value;
    }

    private static int readLength(ByteBuffer from, int max) {
        long length = readVarint(from);
        if (length < 0 || length > max) {
            throw new IllegalArgumentException("too long");
        }
        return (int) length;
    }

    private static long readVarint(ByteBuffer from) {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            int octet = from.get();
            value = value << 7 | octet & 0x7f;
            if (octet >= 0) {
                return value;
            }
        }
        return value << Byte.SIZE | Byte.toUnsignedInt(from.get());
    }
}
