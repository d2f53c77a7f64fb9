package org.decoymx.smtp.protocol;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.decoymx.smtp.protocol.Persona.Placeholder;
import org.decoymx.smtp.protocol.Response.NextAction;

/**
 * One client's SMTP conversation, from the greeting to QUIT: RFC 5321 with the extensions that EHLO announces. It takes
 * lines and returns responses. It never accepts a message: no reply is 354, and every BDAT chunk is dropped.
 *
 * <p>Not thread-safe: a conversation belongs to one connection.
 */
public final class Conversation {
    /** RFC 5321 section 4.5.3.1.8: a server must accept at least 100 recipients. */
    public static final int MAX_RECIPIENTS = 100;

    private static final int MAX_RECORDED_LENGTH = 255;
    private static final Pattern BDAT_ARGUMENT = Pattern.compile("(\\d{1,19})(?: +LAST)?", Pattern.CASE_INSENSITIVE);
    private static final DateTimeFormatter DATE_FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final ConversationSettings settings;
    private final Supplier<String> client;
    private final Supplier<String> ownAddress;
    private final Instant startedAt;
    private final BehaviorTracker behavior = new BehaviorTracker();

    private ConversationState state = new ConversationState.Connected();
    private Verb verb = Verb.UNKNOWN;
    private Verb deepestVerb = Verb.UNKNOWN;
    private String helo = "";
    private String sender = "";
    private String recipient = "";
    private String lastLine = "";
    private String argument = "";
    private int recipients;
    private int protectedRecipients;
    private boolean esmtp;
    private boolean tls;
    private boolean lineReceived;

    /**
     * @param client the client's address in RFC 5952 form; called only when a reply needs it
     * @param ownAddress the address that the client connected to, in the same form; a HELO name to compare with
     * @param startedAt when the client connected
     */
    public Conversation(
            ConversationSettings settings, Supplier<String> client, Supplier<String> ownAddress, Instant startedAt) {
        this.settings = settings;
        this.client = client;
        this.ownAddress = ownAddress;
        this.startedAt = startedAt;
    }

    /** The greeting, or its last line after {@link #greetingFirstLine}. */
    public Reply greeting() {
        return reply(ReplyText.GREETING);
    }

    /** The greeting's first line, if the last line is delayed to detect early talkers. */
    public Reply greetingFirstLine() {
        return settings.persona().greetingFirstLine(this::placeholderValue);
    }

    /** Records that the client sent data before the greeting was complete. */
    public void recordEarlyTalker() {
        behavior.addTrait(Trait.EARLY_TALKER);
    }

    /** Records that the client disconnected without QUIT. */
    public void recordMissingQuit() {
        behavior.addTrait(Trait.NO_QUIT);
    }

    /** Records that TLS is active; the client must send EHLO again (RFC 3207 section 4.2). */
    public void onTlsStarted() {
        tls = true;
    }

    /** Records that the 451 is sent, for BDAT only after the whole chunk has arrived: the conversation is complete. */
    public void recordDeferral() {
        updateDeepestVerb(Verb.DATA);
    }

    /** The 421 reply to send before the decoy closes the session. */
    public Reply closingReply(ReplyText reason) {
        return reply(reason);
    }

    /** The facts that were recorded so far. */
    public SessionFacts facts() {
        return new SessionFacts(deepestVerb, behavior.traits(), helo, sender, recipients, protectedRecipients, tls);
    }

    /** Processes one line, and returns the response to it. */
    public Response respond(CommandLine line) {
        boolean first = !lineReceived;
        lineReceived = true;
        this.lastLine = line.text();
        verb = Verb.UNKNOWN;
        if (line.error() == CommandLine.LineError.TLS_RECORD) {
            behavior.addTrait(Trait.NOT_SMTP);
            return new Response(Verb.UNKNOWN, Reply.NO_REPLY, NextAction.CLOSE, 0);
        }
        if (first && behavior.detectOtherProtocol(line.text())) {
            return close(ReplyText.NOT_SMTP);
        }
        if (line.error() == CommandLine.LineError.NONE) {
            return respond(Command.parse(line.text()), line.moreInputBuffered());
        }
        if (line.error() == CommandLine.LineError.BARE_NEWLINE) {
            behavior.addTrait(Trait.BARE_NEWLINE);
        }
        checkMessageAfterRefusal();
        return reject(
                line.error() == CommandLine.LineError.TOO_LONG ? ReplyText.LINE_TOO_LONG : ReplyText.BARE_NEWLINE);
    }

    private Response respond(Command command, boolean moreInputBuffered) {
        verb = command.verb();
        argument = command.argument();
        checkPipelining(moreInputBuffered);
        if (verb == Verb.UNKNOWN) {
            checkMessageAfterRefusal();
            return reject(ReplyText.UNKNOWN);
        }
        if (state instanceof ConversationState.DataRefused refused) {
            state = refused.reset();
        }
        return switch (verb) {
            case HELO -> helo(ReplyText.HELO);
            case EHLO -> helo(ReplyText.EHLO);
            case MAIL -> mail();
            case RCPT -> rcpt();
            case DATA -> argument.isEmpty() ? data(0) : reject(ReplyText.NO_ARGUMENT);
            case BDAT -> bdat();
            case RSET -> argument.isEmpty() ? reset() : reject(ReplyText.NO_ARGUMENT);
            case NOOP -> respondToJunkCommand(ReplyText.NOOP_OK);
            case HELP -> respondToJunkCommand(ReplyText.HELP);
            case VRFY -> respondToJunkCommand(ReplyText.VRFY);
            case EXPN -> reject(ReplyText.EXPN);
            case QUIT -> argument.isEmpty() ? close(ReplyText.BYE) : reject(ReplyText.NO_ARGUMENT);
            case STARTTLS -> startTls();
            case AUTH -> auth();
            case UNKNOWN -> throw new IllegalStateException("rejected above");
        };
    }

    /** RFC 2920 section 3.1: which commands may be followed by others in a batch, and only after the reply to EHLO. */
    private void checkPipelining(boolean moreInputBuffered) {
        boolean mayBeFollowed =
                switch (verb) {
                    case MAIL, RCPT, RSET, BDAT -> esmtp && state instanceof ConversationState.Identified;
                    case UNKNOWN -> true;
                    default -> false;
                };
        if (moreInputBuffered && !mayBeFollowed) {
            behavior.addTrait(Trait.PIPELINED_UNASKED);
        }
    }

    /** After DATA was refused, a line that is not a command belongs to the message. */
    private void checkMessageAfterRefusal() {
        if (state instanceof ConversationState.DataRefused) {
            behavior.addTrait(Trait.TALKS_ON);
        }
    }

    private Response helo(ReplyText replyText) {
        if (argument.isEmpty()
                || argument.length() > EnvelopeArgument.MAX_DOMAIN
                || !OctetStrings.isPrintable(argument)) {
            return reject(ReplyText.HELO_SYNTAX);
        }
        helo = argument;
        behavior.checkHeloName(helo, settings.hostname(), ownAddress);
        if (state instanceof ConversationState.Connected connected) {
            state = connected.acceptHelo(helo);
        } else if (state instanceof ConversationState.Identified identified) {
            state = identified.reset();
            if (behavior.countJunkCommandAndCheckLimit()) {
                return close(ReplyText.TOO_MANY_ERRORS);
            }
        }
        esmtp = replyText == ReplyText.EHLO;
        updateDeepestVerb(replyText == ReplyText.HELO ? Verb.HELO : Verb.EHLO);
        boolean offersStartTls = settings.startTls() && !tls;
        return continueWith(
                replyText == ReplyText.HELO
                        ? reply(replyText)
                        : settings.persona().ehloReply(offersStartTls, this::placeholderValue));
    }

    private Response mail() {
        if (state instanceof ConversationState.Connected) {
            return rejectOutOfOrder(ReplyText.HELO_FIRST);
        }
        if (!(state instanceof ConversationState.Greeted greeted)) {
            return rejectOutOfOrder(ReplyText.NESTED_MAIL);
        }
        if (!(EnvelopeArgument.parse(argument, "FROM:") instanceof EnvelopeArgument.ParsedArgument parsed)) {
            return reject(ReplyText.MAIL_SYNTAX);
        }
        if (!parsed.hasOnlyMailParameters()) {
            return reject(ReplyText.PARAMETER);
        }
        if (isTooBig(parsed.size())) {
            return reject(ReplyText.TOO_BIG);
        }
        boolean utf8 = parsed.isSmtpUtf8();
        if (!parsed.isAddressAllowed(utf8)) {
            return reject(utf8 ? ReplyText.BAD_UTF8 : ReplyText.NEEDS_SMTPUTF8);
        }
        sender = OctetStrings.escapeNonPrintable(parsed.path().toString(), MAX_RECORDED_LENGTH);
        state = greeted.acceptMail(utf8);
        updateDeepestVerb(Verb.MAIL);
        return continueWith(reply(ReplyText.MAIL_OK));
    }

    private boolean isTooBig(String size) {
        return size.length() > 18 || Long.parseLong(size) > settings.maxSize();
    }

    private Response rcpt() {
        if (state instanceof ConversationState.Connected) {
            return rejectOutOfOrder(ReplyText.HELO_FIRST);
        }
        if (state instanceof ConversationState.Greeted) {
            return rejectOutOfOrder(ReplyText.MAIL_FIRST);
        }
        if (!(EnvelopeArgument.parse(argument, "TO:") instanceof EnvelopeArgument.ParsedArgument parsed)
                || parsed.path().isNull()) {
            return reject(ReplyText.RCPT_SYNTAX);
        }
        if (!parsed.parameters().isEmpty()) {
            return reject(ReplyText.PARAMETER);
        }
        boolean utf8 = state instanceof ConversationState.MailAccepted s && s.utf8()
                || state instanceof ConversationState.RecipientAccepted a && a.utf8();
        if (!parsed.isAddressAllowed(utf8)) {
            return reject(utf8 ? ReplyText.BAD_UTF8 : ReplyText.NEEDS_SMTPUTF8);
        }
        recipient = OctetStrings.escapeNonPrintable(parsed.path().toString(), MAX_RECORDED_LENGTH);
        recipients++;
        return respondToRecipient(parsed.path());
    }

    private Response respondToRecipient(MailPath path) {
        if (!settings.domains().protects(path)) {
            behavior.addTrait(Trait.RELAY_PROBE);
            return reject(ReplyText.RELAY);
        }
        if (state instanceof ConversationState.RecipientAccepted full && full.recipients() >= MAX_RECIPIENTS) {
            behavior.addTrait(Trait.MANY_RECIPIENTS);
            return continueWith(reply(ReplyText.TOO_MANY_RECIPIENTS));
        }
        if (state instanceof ConversationState.MailAccepted mailAccepted) {
            state = mailAccepted.acceptRecipient();
        } else if (state instanceof ConversationState.RecipientAccepted recipientAccepted) {
            state = recipientAccepted.acceptRecipient();
        }
        protectedRecipients++;
        updateDeepestVerb(Verb.RCPT);
        return continueWith(reply(ReplyText.RCPT_OK));
    }

    private Response data(long octetsToSkip) {
        if (state instanceof ConversationState.RecipientAccepted recipientAccepted) {
            state = recipientAccepted.refuseData();
            return new Response(verb, reply(ReplyText.TRY_LATER), NextAction.CONTINUE, octetsToSkip);
        }
        ReplyText missing = state instanceof ConversationState.Connected
                ? ReplyText.HELO_FIRST
                : state instanceof ConversationState.MailAccepted ? ReplyText.RCPT_FIRST : ReplyText.MAIL_FIRST;
        Response rejection = rejectOutOfOrder(missing);
        return new Response(verb, rejection.reply(), rejection.nextAction(), octetsToSkip);
    }

    /** RFC 3030 section 2: the client sends the chunk directly after the command, without waiting for the reply. */
    private Response bdat() {
        var chunk = BDAT_ARGUMENT.matcher(argument);
        if (!chunk.matches()) {
            return reject(ReplyText.BDAT_SYNTAX);
        }
        if (isTooBig(chunk.group(1))) {
            return close(ReplyText.CHUNK_TOO_BIG);
        }
        return data(Long.parseLong(chunk.group(1)));
    }

    private Response reset() {
        if (state instanceof ConversationState.Identified identified) {
            state = identified.reset();
        }
        return respondToJunkCommand(ReplyText.RSET_OK);
    }

    private Response startTls() {
        if (!argument.isEmpty()) {
            return reject(ReplyText.NO_ARGUMENT);
        }
        if (tls) {
            return reject(ReplyText.TLS_ACTIVE);
        }
        if (!settings.startTls()) {
            return reject(ReplyText.NO_TLS);
        }
        if (!(state instanceof ConversationState.Identified identified)) {
            return rejectOutOfOrder(ReplyText.HELO_FIRST);
        }
        state = identified.reset().startTls();
        return new Response(verb, reply(ReplyText.START_TLS), NextAction.START_TLS, 0);
    }

    private Response auth() {
        behavior.addTrait(Trait.AUTH_PROBE);
        return reject(ReplyText.NO_AUTH);
    }

    private void updateDeepestVerb(Verb verb) {
        if (verb.isDeeperThan(deepestVerb)) {
            deepestVerb = verb;
        }
    }

    private Response rejectOutOfOrder(ReplyText replyText) {
        behavior.addTrait(Trait.BAD_ORDER);
        return reject(replyText);
    }

    private Response respondToJunkCommand(ReplyText replyText) {
        return behavior.countJunkCommandAndCheckLimit()
                ? close(ReplyText.TOO_MANY_ERRORS)
                : continueWith(reply(replyText));
    }

    private Response reject(ReplyText replyText) {
        return replyText.isPermanentFailure() && behavior.countErrorAndCheckLimit()
                ? close(ReplyText.TOO_MANY_ERRORS)
                : continueWith(reply(replyText));
    }

    private Response close(ReplyText replyText) {
        return new Response(verb, reply(replyText), NextAction.CLOSE, 0);
    }

    private Response continueWith(Reply reply) {
        return new Response(verb, reply, NextAction.CONTINUE, 0);
    }

    private Reply reply(ReplyText replyText) {
        return settings.persona().reply(replyText, this::placeholderValue);
    }

    private String placeholderValue(Placeholder placeholder) {
        return switch (placeholder) {
            case HOST -> settings.hostname();
            case CLIENT -> client.get();
            case DATE -> DATE_FORMAT.format(startedAt);
            case HELO -> helo;
            case SENDER -> sender;
            case RECIPIENT -> recipient;
            case LINE -> OctetStrings.escapeNonPrintable(lastLine, MAX_RECORDED_LENGTH);
        };
    }
}
