package org.decoymx.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a damaged database page by page, because SQLite gives up at the first damaged one. A row that was
 * deleted may be found again if the page that lists free pages is damaged. Not thread-safe.
 */
public final class DamagedDatabase implements Closeable {
    private static final int MAX_DEPTH = 20;
    private static final int FREE_LIST_OFFSET = 32;
    private static final int AUTO_VACUUM_OFFSET = 52;
    private static final int POINTER_SIZE = 5;
    private static final byte ROOT_PAGE = 1;
    private static final byte FREE_PAGE = 2;
    private static final int FIRST_POINTER_PAGE = 2;

    private final PageFile file;
    private final int pageCount;
    private final BitSet withoutRows = new BitSet();
    private final BitSet unreadable = new BitSet();
    private final Map<Integer, Integer> parents = new HashMap<>();
    private final Map<Integer, String> tablesByRoot = new HashMap<>();

    /** Gets the rows. */
    public interface RowConsumer {
        /**
         * Gets a row.
         *
         * @param table null if damage hides the table; then the columns must tell
         * @param row the columns: null, Long, Double, String or byte[]; columns that were added later may be missing
         */
        void accept(@Nullable String table, @Nullable Object[] row) throws StorageException;
    }

    /**
     * Opens the file with its write-ahead log. No connection may have it open.
     *
     * @param defaultPageSize the page size, if the damaged header does not say it
     */
    DamagedDatabase(Path path, Path wal, int defaultPageSize) throws IOException {
        file = new PageFile(path, wal, defaultPageSize);
        pageCount = file.pageCount();
        tablesByRoot.put(1, "sqlite_schema");
        for (int number = 1; number <= pageCount; number++) {
            scan(number);
        }
        if (file.hasHeader()) {
            findListedFreePages();
        }
        if (hasPointerMaps()) {
            findMarkedFreePages();
        }
    }

    /** Learns the tree: which page is below which, and the roots of the tables. */
    private void scan(int number) throws IOException {
        try {
            PageParser page = new PageParser(file, number);
            if (page.isTree()) {
                page.children().forEach(child -> parents.put(child, number));
                for (int i = 0; page.isTableLeaf() && i < page.size(); i++) {
                    addTable(page.readRow(i));
                }
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException | BufferUnderflowException e) {
            unreadable.set(number);
        }
    }

    /** Takes a row of sqlite_schema: type, name, tbl_name, rootpage, sql. */
    private void addTable(@Nullable Object @Nullable [] row) {
        if (row != null
                && row.length == 5
                && "table".equals(row[0])
                && row[1] instanceof String name
                && row[3] instanceof Long root
                && row[4] instanceof String) {
            tablesByRoot.put(root.intValue(), name);
        }
    }

    /** Section 1.5: the free list. */
    private void findListedFreePages() throws IOException {
        int trunk = file.read(1).getInt(FREE_LIST_OFFSET);
        while (trunk > 0 && trunk <= pageCount && !withoutRows.get(trunk)) {
            withoutRows.set(trunk);
            ByteBuffer page = file.read(trunk);
            int leaves = page.getInt(Integer.BYTES);
            for (int i = 0; i < leaves && i < file.pageSize() / Integer.BYTES - 2; i++) {
                int leaf = page.getInt((i + 2) * Integer.BYTES);
                withoutRows.set(leaf > 0 && leaf <= pageCount ? leaf : trunk);
            }
            trunk = page.getInt(0);
        }
    }

    /** Section 1.8: pointer maps, in which a file with auto_vacuum marks each free page. */
    private void findMarkedFreePages() throws IOException {
        int perMap = file.pageSize() / POINTER_SIZE;
        for (int map = FIRST_POINTER_PAGE; map <= pageCount; map += perMap + 1) {
            ByteBuffer pointers = file.read(map);
            withoutRows.set(map);
            for (int i = 0; i < perMap; i++) {
                if (pointers.get(i * POINTER_SIZE) == FREE_PAGE) {
                    withoutRows.set(map + 1 + i);
                }
            }
        }
    }

    /** Without a header, the first map tells: the page after it is a root. */
    private boolean hasPointerMaps() throws IOException {
        return file.hasHeader()
                ? file.read(1).getInt(AUTO_VACUUM_OFFSET) != 0
                : file.read(FIRST_POINTER_PAGE).get(0) == ROOT_PAGE;
    }

    /** Reads all rows; first those whose table is known, as the others may be older versions of them. */
    public void forEachRow(RowConsumer consumer) throws StorageException, IOException {
        readRows(true, consumer);
        readRows(false, consumer);
    }

    /** Copies what a salvage finds to be valid; returns what that is, for the administrator. */
    String copy(Salvage salvage, BatchInserter fresh) throws StorageException, IOException {
        String copied = salvage.copy(this, fresh);
        fresh.flush();
        return copied + " of the damaged one, of which " + unreadableCount() + " of " + pageCount
                + " pages cannot be read";
    }

    private void readRows(boolean known, RowConsumer consumer) throws StorageException, IOException {
        for (int number = 1; number <= pageCount; number++) {
            @Nullable String table = tablesByRoot.get(rootOf(number));
            PageParser page = new PageParser(file, number);
            if (!withoutRows.get(number) && page.isTree() && known == (table != null)) {
                readRows(page, number, table, consumer);
            }
        }
    }

    private int rootOf(int number) {
        int root = number;
        Integer parent = parents.get(root);
        for (int depth = 0; parent != null && depth < MAX_DEPTH; depth++) {
            root = parent;
            parent = parents.get(root);
        }
        return root;
    }

    private void readRows(PageParser page, int number, @Nullable String table, RowConsumer consumer)
            throws StorageException, IOException {
        for (int i = 0; i < sizeOf(page); i++) {
            @Nullable Object @Nullable [] row = null;
            try {
                row = page.readRow(i);
            } catch (IllegalArgumentException | IndexOutOfBoundsException | BufferUnderflowException e) {
                unreadable.set(number);
            }
            if (row != null) {
                consumer.accept(table, row);
            }
        }
    }

    private static int sizeOf(PageParser page) {
        try {
            return page.size();
        } catch (IllegalArgumentException e) {
            return 0;
        }
    }

    /** The number of pages that could not be read; after {@link #forEachRow}. */
    private int unreadableCount() throws IOException {
        BitSet all = new BitSet();
        all.set(1, pageCount + 1);
        all.andNot(withoutRows);
        all.andNot(file.overflowPages());
        for (int number = all.nextSetBit(1); number >= 0; number = all.nextSetBit(number + 1)) {
            if (!unreadable.get(number) && new PageParser(file, number).isTree()) {
                all.clear(number);
            }
        }
        return all.cardinality();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
