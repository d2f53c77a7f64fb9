package org.decoymx.exchange;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.decoymx.support.PrintableText;

/** Something that the brokers refuse, or do not answer. The message is one line for the administrator. */
final class ExchangeException extends Exception {
    private static final long serialVersionUID = 1;
    private static final int MAX_TEXT = 300;

    ExchangeException(String message) {
        super(message);
    }

    private ExchangeException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * What went wrong.
     *
     * @param attempt what could not be done, to be read after "cannot"
     */
    static ExchangeException of(String attempt, Throwable thrown) {
        return new ExchangeException("cannot " + attempt + ": " + reason(thrown), thrown);
    }

    /** The current thread is to end; its flag is set again. */
    static ExchangeException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new ExchangeException("stopped", e);
    }

    /** What an exception of Kafka means, in one line. */
    static String reason(Throwable thrown) {
        Throwable error = thrown;
        while ((error instanceof ExecutionException || error instanceof CompletionException)
                && error.getCause() != null) {
            error = error.getCause();
        }
        if (error instanceof ExchangeException) {
            return String.valueOf(error.getMessage());
        }
        if (error instanceof TimeoutException) {
            return "no broker answered in time";
        }
        Throwable detail = error;
        while (error instanceof SslAuthenticationException && detail.getCause() != null) {
            detail = detail.getCause();
        }
        String text = detail.getMessage() == null ? detail.getClass().getSimpleName() : detail.getMessage();
        String prefix = error instanceof SslAuthenticationException ? "the TLS handshake failed: " : "";
        return PrintableText.escape(prefix + text.lines().findFirst().orElse(""), MAX_TEXT);
    }
}
