package org.decoymx.smtp.protocol;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.decoymx.smtp.protocol.Persona.Placeholder;

/** Composes the replies of one session: the persona's texts with the values of their placeholders. */
final class ReplyComposer {
    private static final DateTimeFormatter DATE = utc("EEE, d MMM yyyy HH:mm:ss Z");
    private static final DateTimeFormatter DATE_PADDED = utc("EEE, dd MMM yyyy HH:mm:ss Z");
    private static final DateTimeFormatter DATE_GMT = utc("EEE, d MMM yyyy HH:mm:ss 'GMT'");

    private final ConversationSettings settings;
    private final Supplier<String> client;
    private final Instant startedAt;
    private final MailTransactions transactions;
    private final Function<Placeholder, String> values = this::placeholderValue;
    private String lastLine = "";

    ReplyComposer(
            ConversationSettings settings, Supplier<String> client, Instant startedAt, MailTransactions transactions) {
        this.settings = settings;
        this.client = client;
        this.startedAt = startedAt;
        this.transactions = transactions;
    }

    private static DateTimeFormatter utc(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
    }

    /** Sets the line that the next replies are for. */
    void setLastLine(String line) {
        lastLine = line;
    }

    Reply reply(ReplyText replyText) {
        return settings.persona().reply(replyText, values);
    }

    Reply greetingFirstLine() {
        return settings.persona().greetingFirstLine(values);
    }

    Reply ehloReply(boolean offersStartTls) {
        return settings.persona().ehloReply(offersStartTls, values);
    }

    private String placeholderValue(Placeholder placeholder) {
        return switch (placeholder) {
            case HOST -> settings.hostname();
            case CLIENT -> client.get();
            case DATE -> DATE.format(startedAt);
            case DATE_PADDED -> DATE_PADDED.format(startedAt);
            case DATE_GMT -> DATE_GMT.format(startedAt);
            case HELO -> transactions.helo();
            case SENDER -> transactions.sender();
            case RECIPIENT -> transactions.recipient();
            case LINE -> OctetStrings.escapeNonPrintable(lastLine, MailTransactions.MAX_RECORDED_LENGTH);
        };
    }
}
