package org.decoymx.admin.login;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.decoymx.support.AtomicFile;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * The key with which Quarkus encrypts the cookies of users, as a value of its configuration. It is kept in
 * {@code session.key} in the data directory, so that users stay logged in over a restart. If that file cannot be
 * written, the key is lost at the end.
 */
public final class SessionKey implements ConfigSourceFactory {
    private static final String NAME = "quarkus.http.auth.session.encryption-key";
    private static final String FILE = "session.key";
    private static final int OCTETS = 32;

    /** Below what a user sets. */
    private static final int ORDINAL = 50;

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        Optional<String> dir = value(context, "decoy.ledger.dir");
        if (value(context, "decoy.admin.users-file").isEmpty() || dir.isEmpty()) {
            return List.of();
        }
        try {
            return List.of(new KeySource(file(Path.of(dir.get()))));
        } catch (InvalidPathException e) {
            return List.of(); // the check of the configuration says what is wrong
        }
    }

    private static Optional<String> value(ConfigSourceContext context, String key) {
        return Optional.ofNullable(context.getValue(key).getValue()).filter(value -> !value.isBlank());
    }

    /** The file of the key in a data directory. */
    static Path file(Path dir) {
        return dir.resolve(FILE);
    }

    /** The key in a file; a new one if there is none. */
    static String readOrCreate(Path file) {
        String key = randomKey();
        try {
            if (Files.exists(file)) {
                String kept = Files.readString(file).strip();
                if (kept.length() >= OCTETS) {
                    return kept;
                }
            }
            Files.createDirectories(file.toAbsolutePath().getParent());
            AtomicFile.write(file, key, AtomicFile.OWNER_ONLY);
        } catch (IOException e) {
            return key; // UserAccounts warns
        }
        return key;
    }

    private static String randomKey() {
        byte[] octets = new byte[OCTETS];
        new SecureRandom().nextBytes(octets);
        return HexFormat.of().formatHex(octets);
    }

    /** Reads the file when Quarkus asks for the key, as a check of the configuration must create no file. */
    private static final class KeySource implements ConfigSource {
        private final Path file;
        private @Nullable String key;

        KeySource(Path file) {
            this.file = file;
        }

        @Override
        public Set<String> getPropertyNames() {
            return Set.of(NAME);
        }

        @Override
        public synchronized @Nullable String getValue(String name) {
            if (!name.equals(NAME)) {
                return null;
            }
            if (key == null) {
                key = readOrCreate(file);
            }
            return key;
        }

        @Override
        public String getName() {
            return "SessionKey";
        }

        @Override
        public int getOrdinal() {
            return ORDINAL;
        }
    }
}
