package org.decoymx.smtp.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.decoymx.support.AtomicFile;

/**
 * A private key and its certificate in PEM form. If the user configures none, the decoy generates a self-signed
 * certificate, as most mail servers do; senders do not verify the issuer.
 *
 * @param pem the private key, followed by the certificate
 */
record PemCertificate(String pem) {
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /**
     * Reads the certificate from a file. If the file does not exist, generates a certificate and writes it there.
     *
     * @throws IOException if the file cannot be read or written
     */
    static PemCertificate loadOrCreate(Path file, String hostname, Instant now) throws IOException {
        if (!Files.exists(file)) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            AtomicFile.write(file, SelfSignedCertificate.generatePem(hostname, now), OWNER_ONLY);
        }
        return new PemCertificate(Files.readString(file));
    }
}
