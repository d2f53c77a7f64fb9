package org.decoymx.smtp.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.decoymx.support.AtomicFile;
import org.decoymx.support.KeptFile;

/**
 * A private key and its certificate in PEM form. If the user configures none, the decoy generates a self-signed
 * certificate, as most mail servers do; senders do not verify the issuer.
 *
 * @param pem the private key, followed by the certificate
 */
record PemCertificate(String pem) {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";

    /** The file of the certificate in a data directory. */
    static KeptFile file(Path directory, Clock clock) {
        return new KeptFile(
                directory.resolve("self-signed.pem"), PemCertificate::findDamage, clock, AtomicFile.OWNER_ONLY);
    }

    /** What is wrong with a file; empty if it has a private key and its certificate. */
    private static Optional<String> findDamage(Path file) throws IOException {
        PemCertificate certificate = new PemCertificate(Files.readString(file, StandardCharsets.ISO_8859_1));
        Matcher key = KEY.matcher(certificate.pem);
        if (!key.find() || !certificate.pem.contains(BEGIN)) {
            return Optional.of(certificate.pem.isEmpty() ? "is empty" : "has no private key with a certificate");
        }
        try {
            X509Certificate parsed = certificate.parse().orElseThrow(CertificateException::new);
            KeyFactory.getInstance(parsed.getPublicKey().getAlgorithm())
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(key.group(1))));
            return Optional.empty();
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.of("has no valid private key or certificate");
        }
    }

    /**
     * Reads the certificate from a file, or from its copy if it is damaged. If the file does not exist, or its
     * certificate is not valid now, generates a certificate and writes it there.
     *
     * @param trusted whether this is the time, so that a certificate that is not valid is replaced
     * @throws IOException if the file cannot be read or written
     */
    static PemCertificate loadOrCreate(KeptFile file, String hostname, Instant now, boolean trusted)
            throws IOException {
        file.recover();
        if (!Files.exists(file.path())
                || trusted && new PemCertificate(Files.readString(file.path())).isOutdated(now)) {
            Files.createDirectories(file.path().toAbsolutePath().getParent());
            file.write(SelfSignedCertificate.generatePem(hostname, now));
        }
        return new PemCertificate(Files.readString(file.path()));
    }

    /** Whether it has a certificate that is not valid now: it was made while the clock was wrong, or is too old. */
    boolean isOutdated(Instant now) {
        return parse().filter(
                        certificate -> now.isBefore(certificate.getNotBefore().toInstant())
                                || now.isAfter(certificate.getNotAfter().toInstant()))
                .isPresent();
    }

    /** The certificate; empty if it is damaged. */
    Optional<X509Certificate> parse() {
        try {
            byte[] encoded = pem.substring(Math.max(0, pem.indexOf(BEGIN))).getBytes(StandardCharsets.ISO_8859_1);
            return Optional.of((X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded)));
        } catch (CertificateException e) {
            return Optional.empty();
        }
    }
}
