package org.decoymx.smtp.protocol;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The HELO name and the mail transactions of one session (RFC 5321 sections 3.3 and 4.1.4): which commands the state
 * allows, which arguments are accepted, and what was named. The methods return the text of the reply; a command that is
 * refused does not change the state.
 */
final class MailTransactions {
    /** The maximum length of a recorded name or address. */
    static final int MAX_RECORDED_LENGTH = 255;

    private final ConversationSettings settings;
    private ConversationState state = new ConversationState.Connected();
    private Verb deepestVerb = Verb.UNKNOWN;
    private String helo = "";
    private String sender = "";
    private String recipient = "";
    private boolean refused;
    private int recipients;
    private int protectedRecipients;

    MailTransactions(ConversationSettings settings) {
        this.settings = settings;
    }

    String helo() {
        return helo;
    }

    /** The last reverse-path, escaped; empty for {@code <>} and before the first one. */
    String sender() {
        return sender;
    }

    /** The last forward-path, escaped; empty before the first one. */
    String recipient() {
        return recipient;
    }

    SessionFacts facts(Set<Trait> traits, boolean tls) {
        return new SessionFacts(deepestVerb, traits, helo, sender, recipients, protectedRecipients, tls);
    }

    void updateDeepestVerb(Verb verb) {
        if (verb.isDeeperThan(deepestVerb)) {
            deepestVerb = verb;
        }
    }

    boolean isIdentified() {
        return state instanceof ConversationState.Identified;
    }

    boolean isDataRefused() {
        return state instanceof ConversationState.DataRefused;
    }

    /** The transaction that was just refused with 451; null in every other state. */
    @Nullable
    RefusedTransaction refusedTransaction() {
        return state instanceof ConversationState.DataRefused refused ? refused.transaction() : null;
    }

    static boolean isHeloName(String argument) {
        return !argument.isEmpty()
                && argument.length() <= EnvelopeArgument.MAX_DOMAIN
                && OctetStrings.isPrintable(argument);
    }

    /** Accepts the name in HELO or EHLO, and ends the transaction. */
    void acceptHelo(String name) {
        helo = name;
        refused = false;
        if (state instanceof ConversationState.Connected connected) {
            state = connected.acceptHelo();
        } else {
            reset();
        }
    }

    /** Ends the transaction. */
    void reset() {
        refused = false;
        if (state instanceof ConversationState.Identified identified) {
            state = identified.reset();
        }
    }

    /** Whether the last MAIL, or a RCPT after it, was refused. */
    boolean isRefused() {
        return refused;
    }

    ReplyText mail(String argument) {
        ReplyText replyText = acceptMail(argument);
        refused = replyText != ReplyText.MAIL_OK;
        return replyText;
    }

    private ReplyText acceptMail(String argument) {
        if (state instanceof ConversationState.Connected) {
            return ReplyText.HELO_FIRST;
        }
        if (!(state instanceof ConversationState.Greeted greeted)) {
            return ReplyText.NESTED_MAIL;
        }
        if (!(EnvelopeArgument.parse(argument, "FROM:") instanceof EnvelopeArgument.ParsedArgument parsed)) {
            return ReplyText.MAIL_SYNTAX;
        }
        if (!parsed.hasOnlyMailParameters()) {
            return ReplyText.PARAMETER;
        }
        if (isTooBig(parsed.size())) {
            return ReplyText.TOO_BIG;
        }
        boolean utf8 = parsed.isSmtpUtf8();
        if (!parsed.isAddressAllowed(utf8)) {
            return utf8 ? ReplyText.BAD_UTF8 : ReplyText.NEEDS_SMTPUTF8;
        }
        sender = OctetStrings.escapeNonPrintable(parsed.path().toString(), MAX_RECORDED_LENGTH);
        state = greeted.acceptMail(parsed.path(), utf8);
        updateDeepestVerb(Verb.MAIL);
        return ReplyText.MAIL_OK;
    }

    /** Whether a number of octets, in decimal digits, is above the limit. */
    boolean isTooBig(String size) {
        return size.length() > 18 || Long.parseLong(size) > settings.maxSize();
    }

    ReplyText rcpt(String argument) {
        if (state instanceof ConversationState.Connected) {
            return ReplyText.HELO_FIRST;
        }
        if (!(state instanceof ConversationState.OpenTransaction transaction)) {
            return ReplyText.MAIL_FIRST;
        }
        ReplyText replyText = acceptRcpt(argument, transaction);
        refused |= replyText != ReplyText.RCPT_OK;
        return replyText;
    }

    private ReplyText acceptRcpt(String argument, ConversationState.OpenTransaction transaction) {
        if (!(EnvelopeArgument.parse(argument, "TO:") instanceof EnvelopeArgument.ParsedArgument parsed)
                || parsed.path().isNull()) {
            return ReplyText.RCPT_SYNTAX;
        }
        if (!parsed.parameters().isEmpty()) {
            return ReplyText.PARAMETER;
        }
        if (!parsed.isAddressAllowed(transaction.utf8())) {
            return transaction.utf8() ? ReplyText.BAD_UTF8 : ReplyText.NEEDS_SMTPUTF8;
        }
        recipient = OctetStrings.escapeNonPrintable(parsed.path().toString(), MAX_RECORDED_LENGTH);
        recipients++;
        if (!settings.domains().protects(parsed.path())) {
            return ReplyText.RELAY;
        }
        if (transaction.recipients() >= Conversation.MAX_RECIPIENTS) {
            return ReplyText.TOO_MANY_RECIPIENTS;
        }
        state = transaction.acceptRecipient(parsed.path());
        protectedRecipients++;
        updateDeepestVerb(Verb.RCPT);
        return ReplyText.RCPT_OK;
    }

    /** DATA or BDAT: refused in every state, with 451 when the envelope is complete. */
    ReplyText data() {
        if (state instanceof ConversationState.RecipientAccepted accepted) {
            state = accepted.refuseData();
            return ReplyText.TRY_LATER;
        }
        if (state instanceof ConversationState.Connected) {
            return ReplyText.HELO_FIRST;
        }
        return state instanceof ConversationState.MailAccepted ? ReplyText.RCPT_FIRST : ReplyText.MAIL_FIRST;
    }

    /** STARTTLS discards what the client has said (RFC 3207 section 4.2). */
    ReplyText startTls() {
        if (!(state instanceof ConversationState.Identified identified)) {
            return ReplyText.HELO_FIRST;
        }
        state = identified.reset().startTls();
        return ReplyText.START_TLS;
    }
}
