package org.decoymx.smtp.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks whether a file has a private key and its certificate. */
final class CertificateCheck {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final String CERTIFICATE = "-----BEGIN CERTIFICATE-----";

    private CertificateCheck() {}

    /** What is wrong with a file; empty if nothing is. */
    static Optional<String> findDamage(Path file) throws IOException {
        String pem = Files.readString(file, StandardCharsets.ISO_8859_1);
        Matcher key = KEY.matcher(pem);
        int certificate = pem.indexOf(CERTIFICATE);
        if (!key.find() || certificate < 0) {
            return Optional.of(pem.isEmpty() ? "is empty" : "has no private key with a certificate");
        }
        try {
            byte[] octets = pem.substring(certificate).getBytes(StandardCharsets.ISO_8859_1);
            var parsed = CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(octets));
            KeyFactory.getInstance(parsed.getPublicKey().getAlgorithm())
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(key.group(1))));
            return Optional.empty();
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.of("has no valid private key or certificate");
        }
    }
}
