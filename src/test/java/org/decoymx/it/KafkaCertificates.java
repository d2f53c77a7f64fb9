package org.decoymx.it;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority for a broker and its clients, whose principals are the subjects of their certificates. */
final class KafkaCertificates {
    /** The name of the principal that may do all. */
    static final String ADMIN = "operator";

    private static final String BROKER = "broker";
    private static final Duration VALIDITY = Duration.ofDays(2);

    private final Path dir;
    private final KeyPair authority = newKeyPair();

    /**
     * Makes the authority, and the certificates of the broker and of {@link #ADMIN}.
     *
     * @param dir gets all files
     */
    KafkaCertificates(Path dir) {
        this.dir = dir;
        write("ca.pem", certificate("ca", authority, Instant.now().plus(VALIDITY), true));
        issue(BROKER);
        issue(ADMIN);
    }

    /** The certificate of the authority. */
    Path authorityFile() {
        return dir.resolve("ca.pem");
    }

    /** The file with the certificate of a principal. */
    Path certificateFile(String name) {
        return dir.resolve(name + ".cert.pem");
    }

    /** The file with the private key of a principal. */
    Path keyFile(String name) {
        return dir.resolve(name + ".key.pem");
    }

    /** Issues a certificate that is valid now; the principal is {@code User:name}. */
    void issue(String name) {
        issue(name, Instant.now().plus(VALIDITY));
    }

    /** Issues a certificate with an end, which may be in the past. */
    void issue(String name, Instant notAfter) {
        KeyPair pair = newKeyPair();
        Object certificate = certificate(name, pair, notAfter, false);
        write(name + ".cert.pem", certificate);
        write(name + ".key.pem", pair);
        write(name + ".pem", pair, certificate);
    }

    /** Where the broker finds {@code broker.pem} and {@code ca.pem}. */
    Path dir() {
        return dir;
    }

    /** The settings of a Kafka client with the certificate of a principal. */
    Map<String, Object> clientSettings(String name) {
        return Map.of(
                "security.protocol", "SSL",
                "ssl.keystore.type", "PEM",
                "ssl.keystore.location", dir.resolve(name + ".pem").toString(),
                "ssl.truststore.type", "PEM",
                "ssl.truststore.location", authorityFile().toString());
    }

    private static KeyPair newKeyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Object certificate(String name, KeyPair pair, Instant notAfter, boolean isAuthority) {
        try {
            return new JcaX509v3CertificateBuilder(
                            new X500Name("CN=ca"),
                            new BigInteger(100, new SecureRandom()),
                            Date.from(Instant.now().minus(VALIDITY)),
                            Date.from(notAfter),
                            new X500Name("CN=" + name),
                            pair.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority))
                    .addExtension(
                            Extension.subjectAlternativeName,
                            false,
                            new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")))
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate()));
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private void write(String file, Object... objects) {
        StringWriter pem = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(pem)) {
            for (Object object : objects) {
                writer.writeObject(
                        object instanceof KeyPair pair ? new JcaPKCS8Generator(pair.getPrivate(), null) : object);
            }
            writer.flush();
            Files.writeString(dir.resolve(file), pem.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
