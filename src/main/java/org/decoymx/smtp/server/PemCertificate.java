package org.decoymx.smtp.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;

/**
 * A key and its certificate, both as PEM. Without one of the user's own the decoy makes a self-signed one, as most mail
 * servers do; senders do not look who signed it.
 *
 * @param pem the private key and the certificate, one behind the other
 */
record PemCertificate(String pem) {
    /**
     * Reads the certificate kept in a file; makes and keeps one when there is none.
     *
     * @throws IOException when the file can be neither read nor written
     */
    static PemCertificate loadOrCreate(Path file, String hostname, Instant now) throws IOException {
        if (!Files.exists(file)) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path made = Files.createTempFile(
                    file.toAbsolutePath().getParent(),
                    "certificate",
                    ".tmp",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(made, SelfSignedCertificate.generatePem(hostname, now));
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return new PemCertificate(Files.readString(file));
    }
}
