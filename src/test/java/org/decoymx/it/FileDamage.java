package org.decoymx.it;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;

/** Ways in which a disk or a person may damage the ledger file. */
enum FileDamage {
    GARBAGE {
        @Override
        void applyTo(RandomAccessFile file) throws IOException {
            byte[] garbage = new byte[50_000];
            new Random(1).nextBytes(garbage);
            file.setLength(0);
            file.write(garbage);
        }
    },
    /** As after a power cut. */
    EMPTY {
        @Override
        void applyTo(RandomAccessFile file) throws IOException {
            file.setLength(0);
        }
    },
    TEXT {
        @Override
        void applyTo(RandomAccessFile file) throws IOException {
            file.setLength(0);
            file.write("this is not a database\n".getBytes(StandardCharsets.US_ASCII));
        }
    },
    TRUNCATED {
        @Override
        void applyTo(RandomAccessFile file) throws IOException {
            file.setLength(file.length() / PAGE / 2 * PAGE);
        }
    },
    TRUNCATED_IN_PAGE {
        @Override
        void applyTo(RandomAccessFile file) throws IOException {
            file.setLength(file.length() / 2 + 700);
        }
    },
    HEADER_ZEROED {
        @Override
        void applyTo(RandomAccessFile file) throws IOException {
            file.write(new byte[PAGE]);
        }
    },
    PAGE_ZEROED {
        @Override
        void applyTo(RandomAccessFile file) throws IOException {
            file.seek(file.length() / PAGE / 2 * PAGE);
            file.write(new byte[PAGE]);
        }
    },
    /** Some pages in a row. */
    STRETCH_ZEROED {
        @Override
        void applyTo(RandomAccessFile file) throws IOException {
            file.seek(file.length() / PAGE / 2 * PAGE);
            file.write(new byte[(int) (file.length() / PAGE / 50 * PAGE)]);
        }
    },
    ZEROED_AFTER_HEADER {
        @Override
        void applyTo(RandomAccessFile file) throws IOException {
            file.seek(PAGE);
            file.write(new byte[(int) file.length() - PAGE]);
        }
    },
    /** SQLite reports no error, but the node name is invalid. */
    NODE_NAME {
        @Override
        void applyTo(RandomAccessFile file) throws IOException {
            file.seek(3 * PAGE - 8);
            file.write(" \t@!".getBytes(StandardCharsets.US_ASCII));
        }
    };

    private static final int PAGE = 2_048;

    abstract void applyTo(RandomAccessFile file) throws IOException;

    void applyTo(Path file) throws IOException {
        try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
            applyTo(opened);
        }
    }
}
