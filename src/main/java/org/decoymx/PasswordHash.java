package org.decoymx;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.decoymx.support.BoundedLineReader;

/** Hashes a password for the file of users. */
final class PasswordHash {
    /** bcrypt does not look at more. */
    private static final int MAX_OCTETS = 72;

    private static final int MIN_CHARACTERS = 8;
    private static final int COST = 12;
    private static final int SALT_OCTETS = 16;
    private static final int FAILED = 1;

    private PasswordHash() {}

    /** Reads the password, a line of standard input, and prints its hash. */
    static int run(PrintStream out, PrintStream err) {
        try {
            char[] password = read(System.in);
            findProblem(password).ifPresent(problem -> {
                throw new IllegalArgumentException(problem);
            });
            out.println(hash(password));
            return 0;
        } catch (IOException | IllegalArgumentException e) {
            err.println(e.getMessage());
            return FAILED;
        }
    }

    static char[] read(InputStream in) throws IOException {
        String line = new BoundedLineReader(in, MAX_OCTETS + 1).readText();
        return line == null ? new char[0] : line.toCharArray();
    }

    /** Why a password is not allowed; empty if it is. */
    static Optional<String> findProblem(char[] password) {
        int octets = new String(password).getBytes(StandardCharsets.UTF_8).length;
        if (password.length < MIN_CHARACTERS || octets > MAX_OCTETS) {
            return Optional.of("a password must have at least " + MIN_CHARACTERS + " characters and at most "
                    + MAX_OCTETS + " octets");
        }
        return Optional.empty();
    }

    static String hash(char[] password) {
        byte[] salt = new byte[SALT_OCTETS];
        new SecureRandom().nextBytes(salt);
        return OpenBSDBCrypt.generate("2y", password, salt, COST);
    }
}
