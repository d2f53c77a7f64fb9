package org.decoymx.admin.check;

import jakarta.inject.Singleton;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.decoymx.smtp.server.SmtpCertificate;

/** Whether the certificate of STARTTLS is valid, and how long. */
@Singleton
final class CertificateFindings implements FindingSource {
    private static final String ID = "starttls";
    private static final Duration MIN_REMAINING = Duration.ofDays(14);

    private final SmtpCertificate certificate;
    private final Clock clock;

    CertificateFindings(SmtpCertificate certificate, Clock clock) {
        this.certificate = certificate;
        this.clock = clock;
    }

    @Override
    public List<Finding> find() {
        return List.of(judge(certificate.current(), clock.instant()));
    }

    static Finding judge(Optional<X509Certificate> certificate, Instant now) {
        return certificate
                .map(found -> judge(found, now))
                .orElseGet(() -> Finding.unknown(
                        ID, "The certificate of STARTTLS is not known.", "Look at the log for decoy.smtp.tls."));
    }

    private static Finding judge(X509Certificate found, Instant now) {
        Instant from = found.getNotBefore().toInstant();
        Instant until = found.getNotAfter().toInstant();
        boolean selfSigned = found.getSubjectX500Principal().equals(found.getIssuerX500Principal());
        String text = "STARTTLS offers a " + (selfSigned ? "self-signed certificate" : "certificate")
                + ", valid from " + from.truncatedTo(ChronoUnit.SECONDS) + " to "
                + until.truncatedTo(ChronoUnit.SECONDS) + ".";
        if (now.isBefore(from) || now.isAfter(until)) {
            return Finding.problem(
                    ID, text, "Renew it, or correct the clock: some senders do not connect again because of it.");
        }
        return now.isAfter(until.minus(MIN_REMAINING))
                ? Finding.warning(ID, text, "Renew it: a self-signed one of the decoy is renewed by itself.")
                : Finding.ok(ID, text);
    }
}
