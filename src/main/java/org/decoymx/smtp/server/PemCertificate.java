package org.decoymx.smtp.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;

/**
 * A private key and its certificate in PEM form. If the user configures none, the decoy generates a self-signed
 * certificate, as most mail servers do; senders do not verify the issuer.
 *
 * @param pem the private key, followed by the certificate
 */
record PemCertificate(String pem) {
    /**
     * Reads the certificate from a file. If the file does not exist, generates a certificate and writes it there.
     *
     * @throws IOException if the file cannot be read or written
     */
    static PemCertificate loadOrCreate(Path file, String hostname, Instant now) throws IOException {
        if (!Files.exists(file)) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path temporary = Files.createTempFile(
                    file.toAbsolutePath().getParent(),
                    "certificate",
                    ".tmp",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(temporary, SelfSignedCertificate.generatePem(hostname, now));
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return new PemCertificate(Files.readString(file));
    }
}
