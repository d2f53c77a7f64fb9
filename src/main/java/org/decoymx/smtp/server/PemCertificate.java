package org.decoymx.smtp.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import org.decoymx.support.KeptFile;

/**
 * A private key and its certificate in PEM form. If the user configures none, the decoy generates a self-signed
 * certificate, as most mail servers do; senders do not verify the issuer.
 *
 * @param pem the private key, followed by the certificate
 */
record PemCertificate(String pem) {
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** The file of the certificate in a data directory. */
    static KeptFile file(Path directory, Clock clock) {
        return new KeptFile(directory.resolve("self-signed.pem"), CertificateCheck::findDamage, clock, OWNER_ONLY);
    }

    /**
     * Reads the certificate from a file, or from its copy if it is damaged. If the file does not exist, generates a
     * certificate and writes it there.
     *
     * @throws IOException if the file cannot be read or written
     */
    static PemCertificate loadOrCreate(KeptFile file, String hostname, Instant now) throws IOException {
        file.recover();
        if (!Files.exists(file.path())) {
            Files.createDirectories(file.path().toAbsolutePath().getParent());
            file.write(SelfSignedCertificate.generatePem(hostname, now));
        }
        return new PemCertificate(Files.readString(file.path()));
    }
}
